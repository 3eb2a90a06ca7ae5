import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from './compose.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { migrate } from './platform/database/migrate.ts';
import { openPlatform } from './platform/open-platform.ts';
import { announceReady, showFirstIngestion } from './startup/announcement.ts';
import { ensureFirstAdmin } from './startup/first-admin.ts';
import { readJwtSecret } from './startup/jwt-secret.ts';
import { openLogFile } from './startup/log-file.ts';
import { readCorpus } from './startup/read-corpus.ts';
import { startRoles } from './startup/start-roles.ts';
import { stopOnSignal } from './startup/stop-on-signal.ts';

/** `dist/server/backend/main.js` → the folder that holds `dist`. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, openLogFile(config));
  const corpus = await readCorpus(config.corpus);
  const platform = await openPlatform(config, logger);
  try {
    await migrate(platform.database.knex);
    const jwtSecret = await readJwtSecret(config);
    const services = await composeServices({ config, platform, corpus, jwtSecret, logger });
    const admin = await ensureFirstAdmin(config.admin, services.accounts.registration);
    const parts = { config, platform, services, root: ROOT, logger };
    const roles = await startRoles(parts);
    stopOnSignal(logger, { followParent: config.startedByNpm }, async () => {
      await roles.stop();
      await services.close();
      await platform.close();
    });
    await showFirstIngestion(services, corpus.length, roles.url);
    await services.published.refresh();
    await announceReady(config, platform, services, admin, roles.url);
  } catch (error) {
    await platform.close();
    throw error;
  }
}

start().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : explain(error));
  process.exit(1);
});

/** The message and those of its causes; the stack only when there is nothing better to say. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    causes.push(`  because: ${cause.message}`);
  }
  return [`Guoxue tutor could not start: ${error.message}`, ...causes].join('\n');
}
