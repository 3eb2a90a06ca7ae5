/** `npm run bench:ledger`: reservations and settlements a second on PostgreSQL, beside a bare UPDATE. */
import { register } from 'node:module';
import { installDependencies } from '../../scripts/prepare.mjs';

installDependencies();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runLedgerBenchmark } = await import('./ledger-benchmark.ts');
process.exitCode = await runLedgerBenchmark();
