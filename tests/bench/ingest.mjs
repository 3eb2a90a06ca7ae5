/** `npm run bench:ingest [-- 1 10 40]`: millions of characters read in, beside a plain LangChain pipeline. */
import { register } from 'node:module';
import { buildServer, installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
buildServer();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runIngestBenchmark } = await import('./ingest-benchmark.ts');
process.exitCode = await runIngestBenchmark(process.argv.slice(2).map(Number));
