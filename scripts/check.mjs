/** `npm run check`: format and lint, types, arrows, secrets, lengths. All of them, whatever fails first. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installDependencies, root } from './prepare.mjs';

const MAX_LINES = 300;
/** Tables of words, read like a dictionary. */
const TABLES = ['ai/providers/offline/glossary.ts', 'ai/rag/modern-words.ts'];
const ROOMS = ['ai', 'backend', 'corpus', 'migrations', 'tasks', 'web'];

const tools = {
  'format and lint': ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  'types of the server and the tests': ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  'types of the page': ['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.json'],
  arrows: ['scripts/check-arrows.mjs'],
  secrets: ['scripts/security/scan-secrets.mjs'],
};

function passes([script, ...args]) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0;
}

function overlongFiles() {
  return ROOMS.flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true }).map((file) => path.join(room, file)),
  )
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => !TABLES.includes(file) && linesOf(file) > MAX_LINES);
}

function linesOf(file) {
  return readFileSync(path.join(root, file), 'utf8').trimEnd().split('\n').length;
}

installDependencies();
const failed = Object.keys(tools).filter((name) => {
  console.log(`— ${name}`);
  return !passes(tools[name]);
});
const overlong = overlongFiles();
if (overlong.length > 0) {
  console.error(`longer than ${MAX_LINES} lines: ${overlong.join(', ')}`);
  failed.push('lengths');
}
console.log(failed.length > 0 ? `check failed: ${failed.join('; ')}` : 'check passed');
process.exitCode = failed.length > 0 ? 1 : 0;
