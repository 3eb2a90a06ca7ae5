import type { Reading } from './process-meter.ts';
import type { Heard } from './stream-load.ts';
import { TEXT } from './stream-settings.ts';

/** So many answers at once, perhaps several times over. */
export interface Round {
  heard: Heard[];
  seconds: number;
  reading: Reading;
}

export interface Column {
  name: string;
  /** By how many answers there were at once. */
  rounds: Map<number, Round>;
}

interface Figure {
  what: string;
  of(round: Round, atOnce: number): number;
  show(value: number): string;
}

const FIGURES: readonly Figure[] = [
  {
    what: 'time to first text, median',
    of: ({ heard }) =>
      percentile(
        heard.map(({ firstTextMs }) => firstTextMs),
        0.5,
      ),
    show: milliseconds,
  },
  {
    what: 'time to first text, p95',
    of: ({ heard }) =>
      percentile(
        heard.map(({ firstTextMs }) => firstTextMs),
        0.95,
      ),
    show: milliseconds,
  },
  {
    what: 'whole answer, median',
    of: ({ heard }) =>
      percentile(
        heard.map(({ wholeMs }) => wholeMs),
        0.5,
      ),
    show: milliseconds,
  },
  {
    what: 'events a second',
    of: ({ heard, seconds }) => heard.reduce((sum, { events }) => sum + events, 0) / seconds,
    show: (value) => value.toFixed(0),
  },
  {
    what: 'characters a second',
    of: ({ heard, seconds }) => (heard.length * [...TEXT].length) / seconds,
    show: (value) => value.toFixed(0),
  },
  {
    what: 'CPU of the server per answer',
    of: ({ heard, reading }) => reading.cpuMs / heard.length,
    show: milliseconds,
  },
  {
    what: 'memory of the server per answer at once',
    of: ({ reading }, atOnce) => reading.memory / atOnce / 1024,
    show: (value) => `${value.toFixed(0)} KiB`,
  },
];

/** Every column beside the last one, which the ratios are of. */
export function streamTable(columns: readonly Column[]): string {
  const bare = columns.at(-1);
  const names = columns.map(({ name }) => name);
  const ratios = names.slice(0, -1).map((name) => `${name} ÷ ${bare?.name}`);
  const head = ['answers at once', 'measured', ...names, ...ratios];
  const rows = [...(bare?.rounds.keys() ?? [])].flatMap((atOnce) =>
    FIGURES.map((figure) => {
      const values = columns.map(({ rounds }) => {
        const round = rounds.get(atOnce);
        return round ? figure.of(round, atOnce) : Number.NaN;
      });
      const base = values.at(-1) ?? Number.NaN;
      const shares = values.slice(0, -1).map((value) => ratio(value, base));
      return [String(atOnce), figure.what, ...values.map(figure.show), ...shares];
    }),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function ratio(value: number, base: number): string {
  return base > 0 ? (value / base).toFixed(2) : 'n/a';
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
