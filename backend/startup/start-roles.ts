import { setTimeout as sleep } from 'node:timers/promises';
import type { Role, RoleParts } from '../roles/role.ts';

/**
 * Starts the roles of this process, each loaded only when it is wanted: a worker does not load HTTP.
 * The API comes first, so that questions can be asked while the first library is being read in.
 * On the way out balancers are told first; while they notice, the jobs in hand are given to other workers.
 */
export async function startRoles(parts: RoleParts): Promise<Role & { url: string | undefined }> {
  const { roles, drain, metricsPort } = parts.config;
  const wanted = new Set(roles);
  const started: Role[] = [];
  let url: string | undefined;
  const operations =
    metricsPort === undefined
      ? undefined
      : await (await import('../roles/operations.ts')).startOperations({
          ...parts,
          port: metricsPort,
        });
  if (wanted.has('api')) {
    const api = await (await import('../roles/api.ts')).startApi(parts);
    url = api.url;
    started.push(api);
  }
  if (wanted.has('worker')) {
    started.push(await (await import('../roles/worker.ts')).startWorker(parts));
  }
  if (wanted.has('scheduler')) {
    started.push(await (await import('../roles/scheduler.ts')).startScheduler(parts));
  }
  return {
    url,
    async stop() {
      for (const role of [operations, ...started]) role?.retire?.();
      const inFront = started.filter(isInFront);
      const behind = started.filter((role) => !isInFront(role));
      await Promise.all([
        stopInTurn(behind),
        sleep(inFront.length > 0 ? drain.delayMs : 0).then(() => stopInTurn(inFront)),
      ]);
      // Last, so that the end is still seen and counted.
      await operations?.stop();
    },
  };
}

/** Balancers send it requests, and need a while to hear that they should not. */
function isInFront(role: Role): boolean {
  return role.retire !== undefined;
}

async function stopInTurn(roles: Role[]): Promise<void> {
  for (const role of roles.reverse()) await role.stop();
}
