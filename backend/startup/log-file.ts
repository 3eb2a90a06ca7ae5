import { renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { type DestinationStream, pino } from 'pino';
import type { Config } from '../config.ts';
import { makeFolder } from '../platform/make-folder.ts';

const ROTATE_AT_BYTES = 20 * 1024 * 1024;

/**
 * In production JSON lines go to standard output, where a site collects them. On a laptop they go to
 * `DATA_DIR/logs/server.log`, so that the terminal stays readable; errors show there as well.
 */
export function openLogFile(
  config: Pick<Config, 'production' | 'dataDir'>,
): DestinationStream | undefined {
  if (config.production) return undefined;
  const file = path.join(config.dataDir, 'logs', 'server.log');
  try {
    makeFolder(path.dirname(file));
    rotate(file);
  } catch {
    // An unwritable DATA_DIR is reported in plain words when the platform is opened.
    return undefined;
  }
  return pino.multistream([
    { level: 'trace', stream: pino.destination({ dest: file, sync: false }) },
    { level: 'error', stream: pino.destination({ dest: 2, sync: true }) },
  ]);
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
}
