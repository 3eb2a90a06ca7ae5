import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { readConfig, settingNames } from '../../../backend/config.ts';
import { ROOT, readComposeFile } from '../../support/compose-file.ts';

const FILES = ['docker-compose.yml', 'docker-compose.dev.yml'];
const SITE = { SITE_NAME: 'guoxue.test', ADMIN_EMAIL: 'admin@guoxue.test' };
/** The order of things is ours to choose; and a port whose address is a variable, it cannot read. */
const TASTE = [
  ...['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'],
  ...['service-dependencies-alphabetical-order', 'service-ports-alphabetical-order'],
  ...['no-build-and-image', 'no-unbound-port-interfaces', 'no-quotes-in-volumes'],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guoxue-compose-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Its own types name their modules in a way that Node does not resolve. */
interface LintResult {
  messages: { line: number; rule: string; message: string }[];
}

function lint(file: string): string[] {
  const rules = Object.fromEntries(TASTE.map((name) => [name, 0 as const]));
  const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
  const results: LintResult[] = linter.lintFiles([file], false);
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ rule }) => rule !== 'require-quotes-in-ports')
    .map(({ line, message }) => `${line}: ${message}`);
}

test.each(FILES)('%s follows the Compose specification', (file) => {
  expect(lint(path.join(ROOT, file))).toEqual([]);
});

test('what does not is noticed', async () => {
  const text = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
  const file = path.join(folder, 'docker-compose.yml');
  await writeFile(file, text.replace('restart: unless-stopped', 'restarts: unless-stopped'));
  expect(lint(file).join()).toMatch(/services.*must NOT have additional properties/);
});

const { services, secrets } = readComposeFile('docker-compose.yml', SITE);

test('what a service waits for and what it is handed exists', () => {
  const missing = Object.entries(services).flatMap(([name, service]) => [
    ...Object.keys(service.depends_on ?? {}).filter((other) => !(other in services)),
    ...(service.secrets ?? []).filter((secret) => !(secret in secrets)),
    ...(service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      // Of the operator's own making, and Docker's.
      .filter((source) => source.startsWith('./') && source !== './deploy/certificate')
      .filter((source) => !existsSync(path.join(ROOT, source)))
      .map((source) => `${name}: ${source}`),
  ]);
  expect(missing).toEqual([]);
});

test('images are those of one version each', () => {
  for (const { image } of Object.values(services)) expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
});

test('Grafana looks for its dashboards where they are mounted', () => {
  const provisioned = path.join(ROOT, 'deploy/grafana/provisioning/dashboards');
  for (const file of readdirSync(provisioned)) {
    const { providers } = parse(readFileSync(path.join(provisioned, file), 'utf8'));
    const mounts = services.grafana?.volumes ?? [];
    expect(mounts).toContain(`./deploy/grafana/dashboards:${providers[0].options.path}:ro`);
  }
});

const PROGRAM = ['api', 'worker', 'scheduler', 'migrate'] as const;

describe('the program', () => {
  let held: string;
  beforeAll(() => {
    held = path.join(folder, 'secrets');
    expect(makeSecrets()).toBe(0);
  });
  const makeSecrets = () =>
    spawnSync('sh', [path.join(ROOT, 'deploy/make-secrets.sh'), held]).status;

  test('is handed every secret, made once and then left alone', () => {
    const made = () =>
      Object.fromEntries(
        readdirSync(held).map((name) => [name, readFileSync(path.join(held, name), 'utf8')]),
      );
    const before = made();
    expect(Object.keys(before).sort()).toEqual(Object.keys(secrets).sort());
    expect(makeSecrets()).toBe(0);
    expect(made()).toEqual(before);
  });

  test.each(PROGRAM)('as %s can be started with what it is given', (name) => {
    const given = Object.entries(services[name]?.environment ?? {});
    const known = [...settingNames, ...settingNames.map((setting) => `${setting}_FILE`)];
    expect(given.map(([setting]) => setting).filter((each) => !known.includes(each))).toEqual([]);
    const here = given.map(([setting, value]) => [setting, value.replace('/run/secrets', held)]);
    const config = readConfig(Object.fromEntries(here));
    expect(config).toMatchObject({
      production: true,
      roles: [name === 'migrate' ? 'worker' : name],
      chromaUrl: 'http://chroma:8000',
      publicUrl: 'https://guoxue.test',
      trustProxyHops: 1,
      migrateAtStart: false,
      deepseek: undefined,
    });
    expect(config.databaseUrl).toMatch(/^postgres:\/\/guoxue:\w{48}@postgres:5432\/guoxue$/);
    expect(config.redisUrl).toMatch(/^redis:\/\/:\w{48}@redis:6379$/);
  });

  test('waits for the migrations, and nginx for the API', () => {
    for (const name of ['api', 'worker', 'scheduler'] as const) {
      const { migrate } = services[name]?.depends_on ?? {};
      expect(migrate?.condition).toBe('service_completed_successfully');
    }
    expect(services.nginx?.depends_on?.api?.condition).toBe('service_healthy');
  });
});

test("certbot's hook puts a certificate where .env says, and nginx reads it again", async () => {
  const site = path.join(folder, 'site');
  const tools = path.join(folder, 'tools');
  await mkdir(path.join(site, 'deploy'), { recursive: true });
  await mkdir(tools);
  const hook = path.join(site, 'deploy/install-certificate.sh');
  await copyFile(path.join(ROOT, 'deploy/install-certificate.sh'), hook);
  await writeFile(path.join(site, '.env'), 'SITE_NAME=x\nSITE_CERTIFICATE_DIR=./elsewhere\n');
  // Only told of, since not everybody may give files to nginx, or has an engine.
  for (const tool of ['install', 'docker']) {
    const file = path.join(tools, tool);
    await writeFile(file, `#!/bin/sh\necho ${tool} "$@"\n`, { mode: 0o755 });
  }
  const { status, stdout } = spawnSync(hook, {
    env: { PATH: `${tools}:${process.env.PATH}`, RENEWED_LINEAGE: '/live/x' },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    'install -D -m 0644 /live/x/fullchain.pem ./elsewhere/fullchain.pem',
    'install -D -m 0640 -g 101 /live/x/privkey.pem ./elsewhere/privkey.pem',
    `docker compose exec -T nginx nginx -s reload -c ${services.nginx?.command?.[2]}`,
  ]);
});
