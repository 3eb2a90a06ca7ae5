import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { ROOT } from './compose-file.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from './deepseek-stand-in.ts';
import { eventually } from './eventually.ts';
import { openSpace } from './service-space.ts';
import type { SiteAddress } from './site-client.ts';
import { ADMIN_EMAIL, describedSite, startSiteNginx, watch } from './site-nginx.ts';

const API_KEY = 'sk-site';
const START_MS = 120_000;

type Settings = Record<string, string>;

/** One process of the site, as a container of it would be. */
export interface SiteProcess {
  role: string;
  /** Where it listens for the proxy, and for Prometheus. */
  port: number;
  metricsPort: number;
  said(): string;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** What docker-compose.yml describes, without containers. */
export interface Site extends SiteAddress {
  httpPort: number;
  admin: { email: string; password: string };
  model: DeepSeekStandIn;
  apis: SiteProcess[];
  others: SiteProcess[];
  /** What `npm run migrate` said. */
  migrated: string;
  accessLog(): Record<string, unknown>[];
  dispose(): Promise<void>;
}

/**
 * The services of docker-compose.yml with the environment, the secrets and the order that it gives
 * them; only what a container engine provides (names, volumes) is provided here. The `limits` go to nginx.
 */
export async function startSite(limits: Settings = {}): Promise<Site> {
  const model = await startDeepSeekStandIn({ apiKey: API_KEY });
  const space = await openSpace('services', { pristine: true });
  const processes: SiteProcess[] = [];
  const dispose = async () => {
    for (const each of processes.toReversed()) await each.kill('SIGTERM');
    await space.dispose();
    await model.close();
  };
  try {
    const compose = describedSite();
    const secrets = fillSecrets(path.join(space.dataDir, 'secrets'), space.environment);
    const start = (service: string) =>
      startProcess(service, path.join(space.dataDir, `${service}-${processes.length}`), {
        ...secretsAt(secrets, compose.services[service]?.environment),
        ...{ CHROMA_URL: space.environment.CHROMA_URL ?? '', CORPUS: space.corpus },
        ...{ REDIS_PREFIX: space.environment.REDIS_PREFIX ?? '', HOST: '127.0.0.1' },
        ...{ DEEPSEEK_BASE_URL: model.url, GUEST_GRANT_TOKENS: '1000000' },
      });
    for (const service of ['api', 'worker', 'scheduler']) {
      const { replicas = 1 } = compose.services[service]?.deploy ?? {};
      for (let n = 0; n < replicas; n += 1) processes.push(await start(service));
    }
    // After them on purpose: they have to wait for it.
    const migrate = await start('migrate');
    await migrate.ended;
    const apis = processes.filter(({ role }) => role === 'api');
    const ports = apis.map(({ port }) => port);
    const nginx = await startSiteNginx(path.join(space.dataDir, 'nginx'), ports, limits);
    processes.push(nginx.process);
    await Promise.all(apis.map((each) => eventually('an API is ready', isReady(each), START_MS)));
    return {
      ...{ ...nginx.address, httpPort: nginx.httpPort, model, apis, dispose },
      admin: { email: ADMIN_EMAIL, password: readFileSync(`${secrets}/admin_password`, 'utf8') },
      others: processes.filter(({ role }) => role === 'worker' || role === 'scheduler'),
      migrated: migrate.said(),
      accessLog: nginx.accessLog,
    };
  } catch (error) {
    await dispose();
    const said = processes.map((each) => `${each.role}: ${each.said().slice(-2_000)}`);
    throw new Error(['the site did not start', ...said].join('\n'), { cause: error });
  }
}

/** As the operator makes them, with the addresses of the databases at hand. */
function fillSecrets(folder: string, environment: Settings): string {
  spawnSync('sh', [path.join(ROOT, 'deploy/make-secrets.sh'), folder]);
  const own = { database_url: environment.DATABASE_URL, redis_url: environment.REDIS_URL };
  for (const [name, text] of Object.entries({ ...own, deepseek_api_key: API_KEY })) {
    writeFileSync(path.join(folder, name), `${text}\n`);
  }
  return folder;
}

function secretsAt(folder: string, environment: Settings = {}): Settings {
  const here = ([name, value]: [string, string]) => [name, value.replace('/run/secrets', folder)];
  return Object.fromEntries(Object.entries(environment).map(here as never));
}

async function startProcess(role: string, dataDir: string, given: Settings): Promise<SiteProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const program = role === 'migrate' ? 'migrate.js' : 'main.js';
  const { PATH = '' } = process.env;
  const ports = { PORT: String(port), METRICS_PORT: String(metricsPort) };
  const child = spawn(process.execPath, [path.join(ROOT, 'dist/server/backend', program)], {
    cwd: ROOT,
    env: { PATH, ...given, ...ports, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { ...watch(role, child), port, metricsPort };
}

const isReady = (api: SiteProcess) => async () => {
  const url = `http://127.0.0.1:${api.port}/ready`;
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
};
