/** `npm run bench:rolling-restart`: every process is restarted under load; nobody may notice. */
import { register } from 'node:module';
import { installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runRollingRestartBenchmark } = await import('./rolling-restart-benchmark.ts');
process.exitCode = await runRollingRestartBenchmark();
