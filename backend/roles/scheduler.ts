import { createScheduler } from '../jobs/scheduler.ts';
import type { Role, RoleParts } from './role.ts';

/** Makes the recurring jobs. */
export async function startScheduler({ platform, services, logger }: RoleParts): Promise<Role> {
  const scheduler = createScheduler(services.jobs, platform.lock, logger);
  await scheduler.start();
  return { stop: () => scheduler.stop() };
}
