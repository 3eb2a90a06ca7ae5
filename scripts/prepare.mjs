/**
 * What a fresh clone lacks: dependencies when they are missing or older than the lock file, and the
 * compiled server and page when a source is newer than what was built from it. Only node: modules
 * here, since nothing else may be installed yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const MINIMUM = [20, 19];

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  console.error(`Node ${MINIMUM.join('.')} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

function run(command, args, say) {
  if (say) process.stdout.write(`${say}\n`);
  const windows = process.platform === 'win32';
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  console.error(
    `${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}`,
  );
  process.exit(1);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** Runs `work` unless a stamp says that it was done for exactly these inputs. */
function unlessDone(stamp, inputs, work) {
  const file = path.join(root, stamp);
  const hash = hashOf(inputs);
  if (existsSync(file) && readFileSync(file, 'utf8') === hash) return;
  rmSync(file, { force: true });
  work();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, hash);
}

/** All files of some rooms, in a stable order. */
function filesIn(...rooms) {
  return rooms
    .flatMap((room) =>
      readdirSync(path.join(root, room), { recursive: true }).map((file) => path.join(room, file)),
    )
    .filter((file) => statSync(path.join(root, file)).isFile())
    .sort();
}

export function installDependencies() {
  requireNode();
  unlessDone('node_modules/.installed-for', ['package-lock.json', '.npmrc'], () =>
    run('npm', ['ci', '--include=dev'], '正在安装依赖（首次约需一分钟）…'),
  );
}

const SETTINGS = ['tsconfig.json', 'package-lock.json'];

export function buildServer() {
  const rooms = filesIn('backend', 'ai', 'tasks', 'migrations', 'corpus');
  unlessDone('dist/server.built-from', [...rooms, ...SETTINGS, 'tsconfig.build.json'], () => {
    rmSync(path.join(root, 'dist/server'), { recursive: true, force: true });
    run('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], '正在编译服务…');
    for (const data of ['corpus/readings', 'ai/rag/embeddings/model']) {
      cpSync(path.join(root, data), path.join(root, 'dist/server', data), { recursive: true });
    }
  });
}

export function buildPage() {
  unlessDone('dist/web.built-from', [...filesIn('web'), ...SETTINGS], () =>
    run(
      'node',
      ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts'],
      '正在编译网页…',
    ),
  );
}
