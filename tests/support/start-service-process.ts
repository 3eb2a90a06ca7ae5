import { once } from 'node:events';
import { runTypeScript } from './run-typescript.ts';
import type { ServiceSpace } from './service-space.ts';

/** A process of a service that can be killed as the system kills one, or asked to end. */
export interface ServiceProcess {
  /** Empty where it answers nobody. */
  url: string;
  /** Resolves when nothing is left of it. */
  kill(): Promise<void>;
  /** SIGTERM; its exit code, or the signal that ended it. */
  terminate(): Promise<number | NodeJS.Signals | null>;
}

export async function startServiceProcess(
  space: ServiceSpace,
  environment: Record<string, string>,
  options: { waitForLibrary?: boolean } = {},
): Promise<ServiceProcess> {
  const settings = { ...space.environment, ...environment };
  const script = runTypeScript('service-process.ts', [
    JSON.stringify(settings),
    JSON.stringify(options),
  ]);
  const ended = once(script, 'close');
  const kill = async () => {
    if (script.exitCode === null && script.signalCode === null) script.kill('SIGKILL');
    await ended;
  };
  space.beforeDisposal(kill);
  script.stdout.setEncoding('utf8');
  const first = await Promise.race([once(script.stdout, 'data'), ended]);
  if (typeof first[0] !== 'string') throw new Error('the service ended before it was ready');
  return {
    ...{ url: first[0].trim(), kill },
    async terminate() {
      script.kill('SIGTERM');
      await ended;
      return script.exitCode ?? script.signalCode;
    },
  };
}
