/** `npm run bench:answer`: builds what is stale, then measures the program as `npm start` runs it. */
import { register } from 'node:module';
import { buildPage, buildServer, installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
buildServer();
buildPage();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runBenchmark } = await import('./run-benchmark.ts');
process.exitCode = await runBenchmark();
