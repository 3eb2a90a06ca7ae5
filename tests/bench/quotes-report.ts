import type { Finder } from './quotes-finders.ts';

export interface Judged {
  suite: string;
  kind: string;
  present: boolean;
  /** Of each finder, in order. */
  outcomes: { outcome: 'right' | 'wrong' | 'missed'; milliseconds: number }[];
}

/** What each finder makes of each kind: right / wrong place / missed, or how many absent ones it accepts. */
export function findingTable(judged: readonly Judged[], finders: readonly Finder[]): string {
  const rows = new Map<string, Judged[]>();
  const totals = new Map<string, Judged[]>();
  for (const line of judged) {
    const { suite, kind, present } = line;
    add(rows, `${suite} | ${kind}`, line);
    add(totals, `${suite} | **all ${present ? 'present' : 'absent'}**`, line);
  }
  const names = finders.map(({ name }) => name).join(' | ');
  return [
    'Present ones: right / wrong place / missed. Absent ones: how many are accepted.\n',
    `| suite | kind | n | ${names} |`,
    `|---|---|---|${'---|'.repeat(finders.length)}`,
    ...[...rows, ...totals].map(([name, lines]) => {
      const cells = finders.map((_, n) => cell(lines, n));
      return `| ${name} | ${lines.length} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

function add(groups: Map<string, Judged[]>, name: string, line: Judged): void {
  groups.set(name, [...(groups.get(name) ?? []), line]);
}

function cell(lines: readonly Judged[], finder: number): string {
  const count = (outcome: string) =>
    lines.filter(({ outcomes }) => outcomes[finder]?.outcome === outcome).length;
  const share = (number: number) => `(${(number / lines.length).toFixed(3)})`;
  if (!lines[0]?.present) {
    const accepted = lines.length - count('missed');
    return `${accepted} accepted ${share(accepted)}`;
  }
  const right = count('right');
  return `${right} / ${count('wrong')} / ${count('missed')} ${share(right)}`;
}

export function costTable(judged: readonly Judged[], finders: readonly Finder[]): string {
  const rows = finders.map(({ name, buildMs, bytes }, n) => {
    const times = judged.map(({ outcomes }) => outcomes[n]?.milliseconds ?? Number.NaN);
    const [p50, p95] = [0.5, 0.95].map((share) => `${percentile(times, share).toFixed(2)} ms`);
    const memory = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    return `| ${name} | ${p50} | ${p95} | ${memory} | ${buildMs.toFixed(0)} ms |`;
  });
  return [
    '| | p50 a quotation | p95 | memory of texts and index | built in |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Nearest rank. */
function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
