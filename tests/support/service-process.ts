import { stopOnSignal } from '../../backend/startup/stop-on-signal.ts';
import { silentLogger } from './redis-space.ts';
import { startService } from './start-service.ts';

/** A service in a process of its own, to be killed or asked to end; says its address once it listens. */
const [, , environment = '{}', options = '{}'] = process.argv;
const service = await startService(JSON.parse(environment), JSON.parse(options));
stopOnSignal(silentLogger, { followParent: false, drain: service.config.drain }, async () => {
  await service.stop();
  for (const { level, msg, err } of service.log) {
    if (level >= 50) process.stderr.write(`${msg}: ${err?.message ?? ''}\n`);
  }
});
process.stdout.write(`${service.url}\n`);
