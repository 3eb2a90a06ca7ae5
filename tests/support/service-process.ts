import { startService } from './start-service.ts';

/** A service in a process of its own, to be killed; says its address once it listens. */
const service = await startService(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(`${service.url}\n`);
