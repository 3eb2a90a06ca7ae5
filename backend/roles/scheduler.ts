import { createScheduler } from '../jobs/scheduler.ts';
import type { Role, RoleParts } from './role.ts';
import { watchSharedFigures } from './shared-figures.ts';

/** Makes the recurring jobs, and tells figures of what all processes share. */
export async function startScheduler(parts: RoleParts): Promise<Role> {
  const { platform, services, logger } = parts;
  watchSharedFigures(parts);
  const scheduler = createScheduler(services.jobs, platform.lock, logger);
  await scheduler.start();
  return { stop: () => scheduler.stop() };
}
