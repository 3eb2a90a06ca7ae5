import { composeServices, type Services } from '../../backend/compose.ts';
import { type Config, readConfig } from '../../backend/config.ts';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { openPlatform } from '../../backend/platform/open-platform.ts';
import type { Platform } from '../../backend/platform/platform.ts';
import { ensureFirstAdmin } from '../../backend/startup/first-admin.ts';
import { readJwtSecret } from '../../backend/startup/jwt-secret.ts';
import { openLogger } from '../../backend/startup/open-logger.ts';
import { readCorpus } from '../../backend/startup/read-corpus.ts';
import { startRoles } from '../../backend/startup/start-roles.ts';
import { eventually } from './eventually.ts';

export interface LogLine {
  level: number;
  msg: string;
  err?: { message: string };
}

/** The program as `main.ts` puts it together, in this process. */
export interface RunningService {
  url: string;
  config: Config;
  platform: Platform;
  services: Services;
  log: LogLine[];
  /** Ends in order, as on a signal. Safe to call twice. */
  stop(): Promise<void>;
}

const DEFAULTS = {
  PORT: '0',
  RATE_LIMIT_DISABLED: '1',
  LOG_LEVEL: 'info',
  JWT_SECRET: 'a secret that only the tests know, long enough',
};

const LIBRARY_TIMEOUT_MS = 60_000;

export interface StartOptions {
  waitForLibrary?: boolean;
  roles?: Config['roles'];
  /** For benchmarks: something in front of a part of the program, before and after it is composed. */
  around?: { platform(opened: Platform): Platform; services(composed: Services): void };
}

/** Starts it and, unless told otherwise, waits until every work of the corpus is published. */
export async function startService(
  environment: Record<string, string>,
  options: StartOptions = {},
): Promise<RunningService> {
  const log: LogLine[] = [];
  const read = readConfig({ ...DEFAULTS, ...environment });
  // Also without a worker where the configuration would insist on one.
  const config = { ...read, roles: options.roles ?? read.roles };
  const { logger, close: closeLog } = await openLogger(config, {
    write: (line: string) => void log.push(JSON.parse(line)),
  });
  const opened = await openPlatform(config, logger);
  const platform = options.around?.platform(opened) ?? opened;
  try {
    await migrate(platform.database.knex);
    const jwtSecret = await readJwtSecret(config);
    const corpus = await readCorpus(config.corpus);
    const services = await composeServices({ config, platform, corpus, jwtSecret, logger });
    options.around?.services(services);
    await ensureFirstAdmin(config.admin, services.accounts.registration);
    const root = config.dataDir;
    const roles = await startRoles({ config, platform, services, root, logger });
    let stopped: Promise<void> | undefined;
    const stopAll = async () => {
      await roles.stop();
      await services.close();
      await platform.close();
      await closeLog();
    };
    const service: RunningService = {
      url: (roles.url ?? '').replace('localhost', '127.0.0.1'),
      ...{ config, platform, services, log },
      stop() {
        stopped ??= stopAll();
        return stopped;
      },
    };
    if (options.waitForLibrary !== false) await libraryComplete(service);
    return service;
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** Every work is published, embedded and held by this process. */
export async function libraryComplete({ services }: RunningService): Promise<void> {
  const { ingestion, published } = services;
  const complete = async () =>
    (await ingestion.progress()).state === 'complete' &&
    (await ingestion.outstanding()).embed.length === 0;
  await eventually('the library is complete', complete, LIBRARY_TIMEOUT_MS);
  await published.refresh();
}

/** What went wrong in a way that nobody expected. */
export function errorsIn(service: RunningService): string[] {
  return service.log
    .filter(({ level }) => level >= 50)
    .map(({ msg, err }) => `${msg}: ${err?.message ?? ''}`);
}
