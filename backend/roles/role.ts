import type { Services } from '../compose.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Platform } from '../platform/platform.ts';

export interface RoleParts {
  config: Config;
  platform: Platform;
  services: Services;
  /** Folder of the program: where `dist` is. */
  root: string;
  logger: Logger;
}

export interface Role {
  /** Says to whoever sends work here that it will end; takes what comes nevertheless. */
  retire?(): void;
  stop(): Promise<void>;
}
