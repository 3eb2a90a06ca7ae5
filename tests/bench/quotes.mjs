/** `npm run bench:quotes [-- suite.jsonl …]`: quotations found in the default library, beside what else one would use. */
import { register } from 'node:module';
import { installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runQuotesBenchmark } = await import('./quotes-benchmark.ts');
process.exitCode = await runQuotesBenchmark(process.argv.slice(2));
