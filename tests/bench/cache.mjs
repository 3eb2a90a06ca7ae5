/** `npm run bench:cache`: what is read often, with and without the caches, by two API processes. */
import { register } from 'node:module';
import { installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runCacheBenchmark } = await import('./cache-benchmark.ts');
process.exitCode = await runCacheBenchmark();
