/**
 * `npm run bench:load [-- --minutes 2 --learners 500 --pause 12 --no-faults]`: learners on two API
 * processes and two workers, undisturbed and while each part is killed and started again.
 */
import { register } from 'node:module';
import { parseArgs } from 'node:util';
import { buildServer, installDependencies } from '../../scripts/prepare.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    learners: { type: 'string', default: '500' },
    pause: { type: 'string', default: '12' },
    'no-faults': { type: 'boolean', default: false },
  },
});

installDependencies();
buildServer();
register('../support/typescript-hooks.mjs', import.meta.url);
const { runLoadBenchmark } = await import('./load-benchmark.ts');
process.exitCode = await runLoadBenchmark({
  minutes: Number(values.minutes),
  learners: Number(values.learners),
  pauseMs: Number(values.pause) * 1_000,
  faults: !values['no-faults'],
});
