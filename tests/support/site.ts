import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { ROOT, readComposeFile } from './compose-file.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from './deepseek-stand-in.ts';
import { eventually } from './eventually.ts';
import { openSpace } from './service-space.ts';
import { nginxPath } from './services.ts';
import type { SiteAddress } from './site-client.ts';

const NAME = 'guoxue.test';
const ADMIN_EMAIL = 'admin@guoxue.test';
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
    const compose = readComposeFile('docker-compose.yml', { SITE_NAME: NAME, ADMIN_EMAIL });
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
    const nginx = await startNginx(path.join(space.dataDir, 'nginx'), {
      ...compose.services.nginx?.environment,
      ...limits,
      SITE_API_SERVERS: apis.map(({ port }) => `server 127.0.0.1:${port};`).join(' '),
    });
    processes.push(nginx.process);
    await Promise.all(apis.map((each) => eventually('an API is ready', isReady(each), START_MS)));
    return {
      ...{ name: NAME, port: nginx.httpsPort, httpPort: nginx.httpPort, model, apis, dispose },
      certificate: nginx.certificate,
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

function watch(role: string, child: ChildProcess) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const ended = once(child, 'close').then(() => child.exitCode);
  return {
    ...{ role, ended },
    said: () => text,
    async kill(signal: NodeJS.Signals) {
      child.kill(signal);
      await ended;
    },
  };
}

const isReady = (api: SiteProcess) => async () => {
  const url = `http://127.0.0.1:${api.port}/ready`;
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
};

/** The template with every `${SITE_…}` filled in, as the image's envsubst does it. */
function fillTemplate(settings: Settings): string {
  const template = readFileSync(path.join(ROOT, 'deploy/nginx/nginx.conf.template'), 'utf8');
  return template.replaceAll(/\$\{(SITE_\w+)\}/g, (_all, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`docker-compose.yml does not set ${name}`);
    return value;
  });
}

async function startNginx(folder: string, given: Settings) {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => path.join(folder, name);
  const [httpPort, httpsPort, statusPort] = [await freePort(), await freePort(), await freePort()];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-days', '2'];
  const files = ['-keyout', at('key.pem'), '-out', at('certificate.pem')];
  spawnSync('openssl', ['req', '-x509', ...key, ...names, ...files]);
  const configuration = fillTemplate({
    ...given,
    // The name server is Docker's.
    ...{ SITE_RESOLVER: '', SITE_ACME_DIR: folder, SITE_RUN_DIR: folder },
    ...{ SITE_HTTP_PORT: `127.0.0.1:${httpPort}`, SITE_HTTPS_PORT: `127.0.0.1:${httpsPort}` },
    ...{ SITE_STATUS_PORT: String(statusPort), SITE_ACCESS_LOG: at('access.log') },
    ...{ SITE_CERTIFICATE: at('certificate.pem'), SITE_CERTIFICATE_KEY: at('key.pem') },
  });
  writeFileSync(at('nginx.conf'), configuration);
  // Who starts it as root would else have workers that may not even look into the folder.
  const asCaller = process.getuid?.() === 0 ? 'user root;' : '';
  const where = ['-e', 'stderr', '-p', folder, '-c', at('nginx.conf'), '-g'];
  const test = spawnSync(nginxPath, [...where, asCaller, '-t'], { encoding: 'utf8' });
  if (test.status !== 0) throw new Error(`nginx -t: ${test.stderr}`);
  const child = spawn(nginxPath, [...where, `daemon off; ${asCaller}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const accessLog = () => {
    const lines = readFileSync(at('access.log'), 'utf8').trim().split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return {
    process: { ...watch('nginx', child), port: httpsPort, metricsPort: statusPort },
    ...{ httpPort, httpsPort, accessLog },
    certificate: readFileSync(at('certificate.pem'), 'utf8'),
  };
}
