import { existsSync } from 'node:fs';
import { connect } from 'node:net';

type Service = 'redis' | 'postgres' | 'chromium' | 'nginx' | 'promtool' | 'kubectl';

export const redisUrl = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
export const postgresUrl = process.env.TEST_DATABASE_URL ?? 'postgres://root@127.0.0.1:5432/test';

export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Debian keeps nginx where only root's PATH leads. */
export const nginxPath = process.env.NGINX_PATH ?? commandPath('nginx');
export const promtoolPath = process.env.PROMTOOL_PATH ?? commandPath('promtool');
export const kubectlPath = process.env.KUBECTL_PATH ?? commandPath('kubectl');

function commandPath(command: string): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/bin'];
  const places = folders.map((folder) => `${folder}/${command}`);
  return places.find((place) => existsSync(place)) ?? `/usr/bin/${command}`;
}

/** A port that is closed says so at once; a machine that is busy may take this long to notice an open one. */
const PROBE_TIMEOUT_MS = 10_000;

/** Whether somebody listens at the first host that a connection URL names. */
function listensAt(url: string, defaultPort: number): Promise<boolean> {
  const authority = url.replace(/^[^:]+:\/\//, '').replace(/[/?].*$/, '');
  const [host = '127.0.0.1', port] = authority.replace(/^.*@/, '').replace(/,.*$/, '').split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port ?? defaultPort) });
    const settle = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

const [redisListens, postgresListens] = await Promise.all([
  listensAt(redisUrl, 6379),
  listensAt(postgresUrl, 5432),
]);

/** Probed once, when a test file loads this. */
export const available: Readonly<Record<Service, boolean>> = {
  redis: redisListens,
  postgres: postgresListens,
  chromium: existsSync(chromiumPath),
  nginx: existsSync(nginxPath),
  promtool: existsSync(promtoolPath),
  kubectl: existsSync(kubectlPath),
};

const WHERE: Record<Service, string> = {
  redis: 'TEST_REDIS_URL',
  postgres: 'TEST_DATABASE_URL',
  chromium: 'CHROMIUM_PATH',
  nginx: 'NGINX_PATH',
  promtool: 'PROMTOOL_PATH',
  kubectl: 'KUBECTL_PATH',
};

/**
 * A `describe` that needs a real service. Where it is not to be had, one skipped test says so in
 * its name; with REQUIRE_SERVICES=1 it fails instead, so that CI cannot pass by testing nothing.
 */
export function describeWith(service: Service, name: string, body: () => void): void {
  if (available[service]) {
    describe(name, body);
    return;
  }
  const missing = `NOT TESTED: no ${service.toUpperCase()} at ${WHERE[service]} or its default`;
  describe(name, () => {
    if (process.env.REQUIRE_SERVICES === '1') {
      it(missing, () => {
        throw new Error(missing);
      });
    } else {
      it.skip(missing, () => undefined);
    }
  });
}

/** For tests that put something between us and the server, which takes an address of its own. */
export function describeWithPlainRedis(name: string, body: () => void): void {
  if (redisUrl.startsWith('redis://')) describeWith('redis', name, body);
  else describe.skip(`NOT TESTED, needs TEST_REDIS_URL=redis://…: ${name}`, body);
}
