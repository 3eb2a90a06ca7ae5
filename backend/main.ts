import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from './compose.ts';
import { readConfig } from './config.ts';
import { openPlatform } from './platform/open-platform.ts';
import { announceReady, showFirstIngestion } from './startup/announcement.ts';
import { endOnSignal } from './startup/end-on-signal.ts';
import { explainFailure } from './startup/explain-failure.ts';
import { ensureFirstAdmin } from './startup/first-admin.ts';
import { readJwtSecret } from './startup/jwt-secret.ts';
import { logCrashes } from './startup/log-crashes.ts';
import { openLogFile } from './startup/log-file.ts';
import { openLogger } from './startup/open-logger.ts';
import { prepareSchema } from './startup/prepare-schema.ts';
import { readCorpus } from './startup/read-corpus.ts';
import { startRoles } from './startup/start-roles.ts';
import { stopOnSignal } from './startup/stop-on-signal.ts';

/** `dist/server/backend/main.js` → the folder that holds `dist`. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

async function start(): Promise<void> {
  const standDown = endOnSignal();
  const config = readConfig(process.env);
  const { logger, close: closeLog } = await openLogger(config, openLogFile(config));
  logCrashes(logger, closeLog);
  const corpus = await readCorpus(config.corpus);
  const platform = await openPlatform(config, logger);
  let isStopping = () => false;
  try {
    await prepareSchema(platform.database.knex, config, logger);
    const jwtSecret = await readJwtSecret(config);
    const services = await composeServices({ config, platform, corpus, jwtSecret, logger });
    const admin = await ensureFirstAdmin(config.admin, services.accounts.registration);
    const parts = { config, platform, services, root: ROOT, logger };
    const roles = await startRoles(parts);
    const { drain, startedByNpm: followParent } = config;
    standDown();
    isStopping = stopOnSignal(logger, { followParent, drain }, async () => {
      await roles.stop();
      await services.close();
      await platform.close();
      await closeLog();
    });
    await showFirstIngestion(services, corpus.length, roles.url);
    await services.published.refresh();
    await announceReady(config, platform, services, admin, roles.url);
  } catch (error) {
    // Whoever stops closes everything in order; what was under way may well fail then.
    if (isStopping()) return;
    await platform.close();
    throw error;
  }
}

start().catch((error: unknown) => {
  console.error(explainFailure('Guoxue tutor could not start', error));
  process.exit(1);
});
