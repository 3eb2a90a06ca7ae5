import type { CacheCounts, Variant } from './cache-counts.ts';

export interface Measured {
  /** Milliseconds of each request. */
  times: number[];
  /** Of both processes, a request. */
  cpuMs: number;
  counts: CacheCounts[];
}

/** The rounds of a kind of request with a variant of the caches. */
export type Figures = Map<`${string} ${Variant}`, Measured[]>;

export function tableOf(figures: Figures): string {
  const kinds = [...figures.keys()]
    .filter((key) => key.endsWith(' none'))
    .map((key) => key.slice(0, -' none'.length));
  const rows = kinds.map((kind) => {
    const of = (variant: Variant) => figures.get(`${kind} ${variant}`) ?? [];
    const [none, shared, both] = [of('none'), of('shared'), of('both')];
    const three = (figure: (rounds: Measured[]) => string) =>
      [none, shared, both].map(figure).join(' / ');
    return [kind, hits(both), three(median), three(percentile95), three(cpu), three(queries)];
  });
  const head = ['read', 'hits: own memory + shared', 'p50 ms', 'p95 ms', 'API CPU ms', 'queries'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function hits(rounds: readonly Measured[]): string {
  const sum = (of: keyof CacheCounts) => total(rounds, (counts) => counts[of]);
  const all = sum('process') + sum('server') + sum('source');
  const share = (count: number) => `${Math.round((100 * count) / Math.max(1, all))} %`;
  return `${share(sum('process'))} + ${share(sum('server'))}`;
}

function total(rounds: readonly Measured[], count: (counts: CacheCounts) => number): number {
  return rounds.flatMap(({ counts }) => counts).reduce((sum, each) => sum + count(each), 0);
}

const median = (rounds: readonly Measured[]) => percentile(rounds, 0.5);
const percentile95 = (rounds: readonly Measured[]) => percentile(rounds, 0.95);

/** Nearest rank. */
function percentile(rounds: readonly Measured[], share: number): string {
  const sorted = rounds.flatMap(({ times }) => times).sort((a, b) => a - b);
  return (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN).toFixed(1);
}

/** Of the best round: whatever else runs only adds to it. */
function cpu(rounds: readonly Measured[]): string {
  return Math.min(...rounds.map(({ cpuMs }) => cpuMs)).toFixed(1);
}

function queries(rounds: readonly Measured[]): string {
  const requests = rounds.reduce((sum, { times }) => sum + times.length, 0);
  return (total(rounds, (counts) => counts.queries) / requests).toFixed(1);
}
