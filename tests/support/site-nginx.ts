import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { ROOT, readComposeFile } from './compose-file.ts';
import { nginxPath } from './services.ts';

export const SITE_NAME = 'guoxue.test';
export const ADMIN_EMAIL = 'admin@guoxue.test';

export const describedSite = () =>
  readComposeFile('docker-compose.yml', { SITE_NAME, ADMIN_EMAIL });

/**
 * deploy/nginx before `apis`, with what docker-compose.yml says of it; only what a container engine
 * provides (names, its name server, ports) is provided here.
 */
export async function startSiteNginx(
  folder: string,
  apis: readonly number[],
  limits: Record<string, string> = {},
) {
  const given = { ...describedSite().services.nginx?.environment, ...limits };
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => path.join(folder, name);
  const [httpPort, httpsPort, statusPort] = [await freePort(), await freePort(), await freePort()];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = [
    '-subj',
    `/CN=${SITE_NAME}`,
    '-addext',
    `subjectAltName=DNS:${SITE_NAME}`,
    '-days',
    '2',
  ];
  const files = ['-keyout', at('key.pem'), '-out', at('certificate.pem')];
  spawnSync('openssl', ['req', '-x509', ...key, ...names, ...files]);
  const configuration = fillTemplate({
    ...given,
    SITE_API_SERVERS: apis.map((port) => here(given.SITE_API_SERVERS ?? '', port)).join(' '),
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
    address: {
      name: SITE_NAME,
      port: httpsPort,
      certificate: readFileSync(at('certificate.pem'), 'utf8'),
    },
    ...{ httpPort, accessLog },
  };
}

/** One process at its port for all that Docker's name server knows under a name. */
function here(servers: string, port: number): string {
  return servers.replace('api:3000 resolve', `127.0.0.1:${port}`);
}

/** The template with every `${SITE_…}` filled in, as the image's envsubst does it. */
function fillTemplate(settings: Record<string, string>): string {
  const template = readFileSync(path.join(ROOT, 'deploy/nginx/nginx.conf.template'), 'utf8');
  return template.replaceAll(/\$\{(SITE_\w+)\}/g, (_all, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`docker-compose.yml does not set ${name}`);
    return value;
  });
}

/** What a process says, and when it has ended. */
export function watch(role: string, child: ChildProcess) {
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
