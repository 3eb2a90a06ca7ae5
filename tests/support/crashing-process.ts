import { createLogger } from '../../backend/logger.ts';
import { logCrashes } from '../../backend/startup/log-crashes.ts';

/** A process in which nobody catches anything, and what it says on its output; then it ends. */
const logger = createLogger('info', { write: (line: string) => void process.stdout.write(line) });
logCrashes(logger, async () => void process.stdout.write('{"msg":"flushed"}\n'));
for (const message of process.argv.slice(2)) void Promise.reject(new Error(message));
