/**
 * `npm run dev`: the service from sources, compiled and started anew when one changes, and the page with
 * hot reload at http://localhost:5173. `--host` lets other machines (or a container's) see the page,
 * `--installed` takes the dependencies as they are.
 */
import { spawn } from 'node:child_process';
import { buildPage, buildServer, installDependencies, root } from './prepare.mjs';

const args = process.argv.slice(2);
const forPage = args.filter((argument) => argument !== '--installed');

if (!args.includes('--installed')) installDependencies();
buildServer();
buildPage();

const watchers = [
  [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--watch',
    '--preserveWatchOutput',
  ],
  ['--watch-path=dist/server', '--watch-preserve-output', 'dist/server/backend/main.js'],
  ['node_modules/vite/bin/vite.js', '--config', 'web/vite.config.ts', ...forPage],
].map((command) => spawn(process.execPath, command, { cwd: root, stdio: 'inherit' }));

/** One that ends takes the others along. */
function stop() {
  for (const watcher of watchers) watcher.kill('SIGTERM');
}
for (const watcher of watchers) {
  watcher.on('exit', (code) => {
    process.exitCode ||= code ?? 0;
    stop();
  });
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
