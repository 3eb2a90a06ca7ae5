import type { DestinationStream } from 'pino';
import type { Config } from '../config.ts';
import { createLogger, type Logger } from '../logger.ts';

/** The log of a process as it is configured; `close` sends the errors that are not sent yet. */
export async function openLogger(
  config: Pick<Config, 'logLevel' | 'logFormat' | 'serviceName' | 'errorReports'>,
  destination: DestinationStream | undefined,
): Promise<{ logger: Logger; close: () => Promise<void> }> {
  const { logLevel, logFormat: format, serviceName, errorReports } = config;
  // Only who has somebody to tell loads it.
  const reports = errorReports && (await import('./sentry.ts')).createSentry(errorReports);
  const logger = createLogger(logLevel, destination, {
    format,
    serviceName,
    report: reports?.report,
  });
  return { logger, close: async () => reports?.close() };
}
