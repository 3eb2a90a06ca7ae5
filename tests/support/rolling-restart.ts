import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { startDeepSeekStandIn } from './deepseek-stand-in.ts';
import { eventually } from './eventually.ts';
import { startPlainNginx } from './plain-nginx.ts';
import { browse, converse, type Experience, listen, signUp } from './restless-learners.ts';
import { openSpace, type ServiceSpace } from './service-space.ts';
import { type ServiceProcess, startServiceProcess } from './start-service-process.ts';

export interface RollingRestartPlan {
  browsing: number;
  listening: number;
  conversing: number;
  /** How often each process is restarted. */
  rounds: number;
  /** Between two restarts, when all are there. */
  pauseMs: number;
}

export interface RollingRestart extends Experience {
  /** Of every process that was asked to end. */
  exitCodes: (number | NodeJS.Signals | null)[];
  seconds: number;
  /** How long the slowest process took to end. */
  slowestEndMs: number;
}

interface Slot {
  environment: Record<string, string>;
  port: number | undefined;
  process: ServiceProcess;
}

const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。'.repeat(
  3,
);
const START_MS = 60_000;

/**
 * Two API processes behind nginx, a worker and a scheduler, and people who never stop: each process is
 * asked to end (SIGTERM) and started again, one after the other. `inspect` looks at what is left.
 */
export async function restartUnderLoad(
  plan: RollingRestartPlan,
  inspect: (space: ServiceSpace, seen: Experience) => Promise<void>,
): Promise<RollingRestart> {
  const model = await startDeepSeekStandIn({
    defaults: { text: TEXT, deltaLength: 2, deltaDelayMs: 40 },
  });
  const space = await openSpace('services');
  space.beforeDisposal(() => model.close());
  try {
    const slots = await startProcesses(space, model.url);
    const balancer = await startPlainNginx(slots.flatMap(({ port }) => port ?? []));
    space.beforeDisposal(() => balancer.close());
    const seen: Experience = {
      ...{ requests: 0, answers: 0, resumed: 0, sockets: 0 },
      ...{ failures: [], consumed: new Map() },
    };
    const stop = new AbortController();
    const life = { url: balancer.url, text: TEXT, seen, leaving: stop.signal };
    const begin = async (count: number, live: typeof browse) => {
      const accounts = [];
      for (let n = 0; n < count; n += 1) accounts.push(await signUp(life));
      return accounts.map((account) => live(life, account));
    };
    const lives = [
      ...(await begin(plan.browsing, browse)),
      ...(await begin(plan.listening, listen)),
      ...(await begin(plan.conversing, converse)),
    ];
    const startedAt = performance.now();
    const ends = await restartAll(space, slots, plan).finally(() => stop.abort());
    await Promise.all(lives);
    await inspect(space, seen);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { ...seen, ...ends, seconds };
  } finally {
    await space.dispose();
  }
}

async function startProcesses(space: ServiceSpace, modelUrl: string): Promise<Slot[]> {
  const shared = {
    ...{ DEEPSEEK_API_KEY: 'sk-test', DEEPSEEK_BASE_URL: modelUrl },
    ...{ GUEST_GRANT_TOKENS: '100000000', DRAIN_DELAY_MS: '1500', DRAIN_TIMEOUT_MS: '15000' },
  };
  const [first, second] = [await freePort(), await freePort()];
  const slots: Slot[] = [];
  const add = async (roles: string, port?: number) => {
    const environment = { ...shared, ROLES: roles, PORT: String(port ?? 0) };
    const process = await startServiceProcess(space, environment, { waitForLibrary: false });
    slots.push({ environment, port, process });
  };
  await add('worker,scheduler');
  await add('api', first);
  await add('api', second);
  await Promise.all(slots.map(ready));
  return slots;
}

async function ready({ port }: Slot): Promise<void> {
  if (port === undefined) return;
  const is = () =>
    fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('the process is ready', is, START_MS);
}

async function restartAll(space: ServiceSpace, slots: Slot[], plan: RollingRestartPlan) {
  const exitCodes: RollingRestart['exitCodes'] = [];
  let slowestEndMs = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const slot of slots) {
      await sleep(plan.pauseMs);
      const askedAt = performance.now();
      exitCodes.push(await slot.process.terminate());
      slowestEndMs = Math.max(slowestEndMs, performance.now() - askedAt);
      const { environment } = slot;
      slot.process = await startServiceProcess(space, environment, { waitForLibrary: false });
      await ready(slot);
    }
  }
  await sleep(plan.pauseMs);
  return { exitCodes, slowestEndMs };
}
