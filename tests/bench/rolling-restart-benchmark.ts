import { faultsInBooks } from '../support/exact-books.ts';
import { type RollingRestart, restartUnderLoad } from '../support/rolling-restart.ts';
import { available } from '../support/services.ts';
import { machineLine } from './report.ts';

const PLAN = { browsing: 20, listening: 30, conversing: 20, rounds: 3, pauseMs: 2_000 };

/** Prints the table; resolves with the exit code: 1 where anybody noticed anything. */
export async function runRollingRestartBenchmark(): Promise<number> {
  if (!available.postgres || !available.redis || !available.nginx) {
    console.error('bench:rolling-restart needs PostgreSQL, Redis and nginx');
    return 1;
  }
  let books: string[] = ['not looked at'];
  const seen = await restartUnderLoad(PLAN, async ({ environment }, { consumed }) => {
    books = await faultsInBooks(environment.DATABASE_URL ?? '', consumed);
  });
  console.log(`\n${machineLine()}\n\n${table(seen, books)}`);
  for (const failure of [...seen.failures, ...books].slice(0, 20)) console.error(`  ${failure}`);
  return seen.failures.length === 0 && books.length === 0 ? 0 : 1;
}

function table(seen: RollingRestart, books: readonly string[]): string {
  const { browsing, listening, conversing, rounds } = PLAN;
  const clean = seen.exitCodes.filter((code) => code === 0).length;
  const spent = [...seen.consumed.values()].reduce((sum, each) => sum + each, 0);
  const rows: [string, string | number][] = [
    ['people (browsing, SSE, WebSocket)', `${browsing} + ${listening} + ${conversing}`],
    ['restarts (rounds × processes)', `${rounds} × ${seen.exitCodes.length / rounds}`],
    ['of them ended with exit code 0', clean],
    ['longest end of a process, s', (seen.slowestEndMs / 1_000).toFixed(1)],
    ['seconds', seen.seconds.toFixed(0)],
    ['requests', seen.requests],
    ['answers heard whole', seen.answers],
    ['connections that broke off in an answer and were taken up', seen.resumed],
    ['WebSockets opened', seen.sockets],
    ['tokens spent, each once', spent],
    ['failures', seen.failures.length],
    ['faults in the books', books.length],
  ];
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ['| | |', '|---|---:|', ...lines].join('\n');
}
