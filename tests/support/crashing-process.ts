import { createLogger } from '../../backend/logger.ts';
import { logCrashes } from '../../backend/startup/log-crashes.ts';

/** A process that dies of what nobody caught, and says on its output that others were told before. */
const logger = createLogger('info', { write: (line: string) => void process.stdout.write(line) });
logCrashes(logger, async () => void process.stdout.write('{"msg":"flushed"}\n'));
void Promise.reject(new Error('nobody caught me'));
