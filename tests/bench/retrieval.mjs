/**
 * `npm run bench:retrieval [-- [--poems] [--at-most=N] suite.json|suite.jsonl[=passages.tsv[.xz]] …]`:
 * what is found for questions, beside what a LangChain user would build and beside plain BM25.
 */
import { register } from 'node:module';
import { installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runRetrievalBenchmark } = await import('./retrieval-benchmark.ts');
process.exitCode = await runRetrievalBenchmark(process.argv.slice(2));
