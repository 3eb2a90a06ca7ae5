import { once } from 'node:events';
import { runTypeScript } from './run-typescript.ts';
import type { ServiceSpace } from './service-space.ts';

/** A process of a service that can be killed as the system kills one. */
export interface ServiceProcess {
  url: string;
  /** Resolves when nothing is left of it. */
  kill(): Promise<void>;
}

export async function startServiceProcess(
  space: ServiceSpace,
  environment: Record<string, string>,
): Promise<ServiceProcess> {
  const settings = { ...space.environment, ...environment };
  const script = runTypeScript('service-process.ts', [JSON.stringify(settings)]);
  const ended = once(script, 'close');
  const kill = async () => {
    if (script.exitCode === null && script.signalCode === null) script.kill('SIGKILL');
    await ended;
  };
  space.beforeDisposal(kill);
  script.stdout.setEncoding('utf8');
  const first = await Promise.race([once(script.stdout, 'data'), ended]);
  const url = String(first[0]).trim();
  if (!url.startsWith('http')) throw new Error('the service ended before it listened');
  return { url, kill };
}
