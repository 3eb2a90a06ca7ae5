import type { Answered, Asked } from './retrieval-asking.ts';
import type { Built } from './retrieval-cost.ts';
import type { GroundCosts } from './retrieval-ground.ts';
import type { Suite } from './retrieval-suite.ts';
import { NEAREST, SHOWN, type System } from './retrieval-systems.ts';

const CUTS = [1, 5, SHOWN];
const SHARES = [0.5, 0.95];

/** recall@1 / @5 / @10 (MRR@10) of each system for each kind of question. */
export function qualityTable({ name, lines }: Suite, asked: readonly Asked[]): string {
  const kinds = [...new Set(lines.map(({ kind }) => kind))];
  const columns = kinds.length > 1 ? ['all', ...kinds] : kinds;
  const sizeOf = (kind: string) =>
    lines.filter((line) => kind === 'all' || line.kind === kind).length;
  const heads = columns.map((kind) => `${kind} (n = ${sizeOf(kind)})`);
  return tableOf(
    [`${name}: recall@${CUTS.join(' / @')} (MRR@${SHOWN})`, ...heads],
    asked.map(({ system, answered }) => [
      labelOf(system),
      ...columns.map((kind) =>
        qualityCell(
          answered.filter((each) => kind === 'all' || each.kind === kind),
          sizeOf(kind),
        ),
      ),
    ]),
  );
}

/** Where a system was not asked all, the cell says how many. */
function qualityCell(answered: readonly Answered[], possible: number): string {
  if (answered.length === 0) return '–';
  const share = (sum: number) => (sum / answered.length).toFixed(2);
  const recalls = CUTS.map((cut) => share(answered.filter(({ rank }) => rank < cut).length));
  const reciprocal = answered.reduce((sum, { rank }) => sum + 1 / (rank + 1), 0);
  const asked = answered.length < possible ? ` of ${answered.length}` : '';
  return `${recalls.join(' / ')} (${share(reciprocal)})${asked}`;
}

export function latencyTable(asked: readonly Asked[], bare: System): string {
  const bareTimes = asked.filter(({ system }) => system === bare).flatMap(timesOf);
  return tableOf(
    ['a search', 'p50', 'p95', `bare Chroma queries for ${NEAREST}: p50`, 'p95'],
    asked.map((each) => {
      const ratios = SHARES.map(
        (share) => percentile(timesOf(each), share) / percentile(bareTimes, share),
      );
      return [...timeRow(each), ...ratios.map((ratio) => ratio.toFixed(2))];
    }),
  );
}

function timeRow(asked: Asked): string[] {
  return [labelOf(asked.system), ...SHARES.map((share) => time(percentile(timesOf(asked), share)))];
}

function timesOf({ answered }: Asked): number[] {
  return answered.map(({ milliseconds }) => milliseconds);
}

export function costTable(name: string, costs: GroundCosts): string {
  const { passages, characters, embedded, stored, libraries, plain } = costs;
  return tableOf(
    [name, 'built in', 'memory'],
    [
      [`${count(passages)} passages, ${count(characters)} characters`, '', ''],
      ...libraries.flatMap(({ readings, whole, lexical, quotations, likeness }) => [
        [`library in this process, ${withOrWithout(readings)}`, ...costCells(whole)],
        ['… of it the lexical index', ...costCells(lexical)],
        ['… and the quotation index', ...costCells(quotations)],
        ['vectors of its passages, in the background', ...costCells(likeness)],
      ]),
      ['passages embedded', `${count(embedded)} a second`, ''],
      ['vectors taken in by Chroma', `${count(stored)} a second`, ''],
      [
        `LangChain's ${count(plain.pieces)} pieces: cut, embedded, stored`,
        time(plain.milliseconds),
        '',
      ],
    ],
  );
}

export function costCells({ milliseconds, bytes }: Built<unknown>): string[] {
  return [time(milliseconds), mebibytes(bytes)];
}

export function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'not measured' : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

export function time(milliseconds: number): string {
  return milliseconds >= 1_000
    ? `${(milliseconds / 1_000).toFixed(1)} s`
    : `${milliseconds.toFixed(1)} ms`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Nearest rank. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function labelOf({ name, readings }: System): string {
  return readings ? `${name}, readings` : name;
}

function withOrWithout(readings: boolean): string {
  return readings ? 'with readings' : 'without readings';
}
