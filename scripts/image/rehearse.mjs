/**
 * `npm run image:rehearse`: performs the Dockerfile's steps without a container engine, in empty root
 * folders that see nothing of this machine but its system, and starts what comes out as an engine would:
 * process 1, no privileges, everything read-only but /data and /tmp. Needs Linux and root.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openContext } from './build-context.mjs';
import { canConfine, runBeside, startConfined } from './confined.mjs';
import { performStages } from './perform-stages.mjs';
import { readStages } from './read-stages.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const QUESTION = '孔子怎么看学习和思考的关系？';
const EXPECTED = '学而不思则罔';
const READY_MS = 300_000;
const STOP_MS = 30_000;

const started = [];

const say = (line) => process.stdout.write(`${line}\n`);

function check(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`);
  say(`ok  ${what}`);
}

/** What npm is set to on this machine, as a build with `--secret id=npmrc` and a cache would have it. */
function mountFor({ type, id }) {
  const setting = type === 'cache' ? 'cache' : id === 'npmrc' ? 'userconfig' : undefined;
  if (setting === undefined) throw new Error(`RUN --mount of ${type} ${id}`);
  const { stdout } = spawnSync('npm', ['config', 'get', setting], { encoding: 'utf8' });
  const place = stdout.trim();
  if (setting === 'cache') mkdirSync(place, { recursive: true });
  return existsSync(place) ? place : undefined;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** The image as `docker run --read-only --cap-drop ALL -v data:/data` starts it. */
function startImage(image, data, settings) {
  const environment = { ...image.environment, ...settings };
  const child = startConfined(image.root, image.told.CMD, {
    ...{ cwd: image.cwd, environment, user: image.user, readOnly: true },
    mounts: [[data, '/data']],
  });
  const running = { said: '', environment, ended: once(child, 'close').then(() => child.exitCode) };
  started.push({ child, ended: running.ended });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      running.said += text;
    });
  }
  // The namespace's process 1 is the only child of `unshare`, which itself passes no signal on.
  const inside = () =>
    Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
  return Object.assign(running, { child, inside });
}

async function until(what, running, condition) {
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(200)) {
    if (running.child.exitCode !== null) break;
    if (await condition()) return;
  }
  throw new Error(`${what}: not reached\n${running.said.slice(-4_000)}`);
}

async function stopped(running) {
  process.kill(running.inside(), 'SIGTERM');
  const started = Date.now();
  const exitCode = await Promise.race([running.ended, sleep(STOP_MS).then(() => 'nothing')]);
  return { exitCode, seconds: (Date.now() - started) / 1000 };
}

async function call(url, { token, body } = {}) {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}

const dataOf = async (response) => (await response.json()).data;

async function answers(url) {
  const { accessToken: token } = await dataOf(await call(`${url}/api/auth/guest`, { body: {} }));
  const session = await dataOf(await call(`${url}/api/sessions`, { token, body: {} }));
  const body = { content: QUESTION };
  return dataOf(await call(`${url}/api/sessions/${session.id}/messages`, { token, body }));
}

function lookInside(image, running) {
  const pid = running.inside();
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
  check('it runs as user 1000', field('Uid') === '1000\t1000\t1000\t1000');
  check('it is process 1', /\s1$/.test(field('NSpid') ?? ''));
  check('it has no capability and can gain none', /^0+$/.test(field('CapBnd') ?? ''));
  const beside = (command) =>
    runBeside(pid, command, running.environment, image.user.split(':')).status;
  check('its health check passes', beside(image.told.HEALTHCHECK) === 0);
  check('its tree is read-only', beside(['touch', '/app/dist/x']) !== 0);
  check('its data folder is not', beside(['touch', '/data/x']) === 0);
}

async function tryImage(image, folder) {
  const data = path.join(folder, 'data');
  mkdirSync(data);
  chownSync(data, 1000, 1000);
  const port = await freePort();
  const settings = {
    ...{ PORT: String(port), METRICS_PORT: String(await freePort()), HOST: '127.0.0.1' },
    ...{ JWT_SECRET: 'rehearsal '.repeat(4) },
    // Nobody is there: what is lacking without vectors is not what this is about.
    CHROMA_URL: `http://127.0.0.1:${await freePort()}`,
  };
  const url = `http://127.0.0.1:${port}`;
  const early = startImage(image, data, settings);
  // Before its modules are loaded nothing can listen to signals, and process 1 is deaf without listening.
  await until('its first file', early, () => readdirSync(data).length > 0);
  const halted = await stopped(early);
  check(`a signal while it starts ends it: ${halted.seconds} s`, halted.exitCode === 143);

  const running = startImage(image, data, settings);
  await until('/health', running, () =>
    call(`${url}/health`).then(
      () => true,
      () => false,
    ),
  );
  lookInside(image, running);
  await until('its library', running, () => running.said.includes('国学导师已就绪'));
  const { message } = await answers(url);
  check(`it answers: ${message.content.slice(0, 40)}…`, message.content.includes(EXPECTED));
  check('it serves the page', (await (await call(`${url}/`, {})).text()).includes('id="root"'));
  const end = await stopped(running);
  check(`SIGTERM ends it in order: ${end.seconds} s`, end.exitCode === 0);
}

async function rehearse() {
  const folder = mkdtempSync(path.join(tmpdir(), 'guoxue-image-'));
  try {
    const stages = readStages(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'));
    const wanted = /:(\d+\.\d+\.\d+)/.exec(stages.at(-1).image)?.[1];
    say(`${stages.at(-1).image}, rehearsed with Node ${process.versions.node}`);
    check(
      'of the same major version',
      wanted?.split('.')[0] === process.versions.node.split('.')[0],
    );
    const image = await performStages(stages, {
      ...{ folder, context: openContext(ROOT), mountFor, say },
    });
    const { stdout } = spawnSync('du', ['-sm', path.join(image.root, 'app')], { encoding: 'utf8' });
    say(`/app: ${Number.parseInt(stdout, 10)} MiB above the base image`);
    await tryImage(image, folder);
    say('image: rehearsed');
  } finally {
    for (const { child, ended } of started) {
      // What runs inside goes with it.
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

if (canConfine()) {
  await rehearse();
} else {
  say('!! NOT TESTED: the image, which takes Linux and root to rehearse');
  process.exitCode = process.env.REQUIRE_SERVICES === '1' ? 1 : 0;
}
