import type { Role, RoleParts } from '../roles/role.ts';

/**
 * Starts the roles of this process, each loaded only when it is wanted: a worker does not load HTTP.
 * The API comes first, so that questions can be asked while the first library is being read in.
 */
export async function startRoles(parts: RoleParts): Promise<Role & { url: string | undefined }> {
  const wanted = new Set(parts.config.roles);
  const started: Role[] = [];
  let url: string | undefined;
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
      for (const role of started.reverse()) await role.stop();
    },
  };
}
