/** `npm run bench:stream`: answers at once through the program, beside a bare pass-through proxy. */
import { register } from 'node:module';
import { buildServer, installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
buildServer();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runStreamBenchmark } = await import('./stream-benchmark.ts');
process.exitCode = await runStreamBenchmark();
