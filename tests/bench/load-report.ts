import type { Audit } from './load-audit.ts';
import type { Fault } from './load-faults.ts';
import type { Slope } from './load-memory.ts';
import { between, type Call, type Kind, percentile } from './load-record.ts';

export interface Phase {
  from: number;
  to: number;
}

const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (string | number)[][]) =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
const ms = (value: number) =>
  Number.isNaN(value)
    ? '–'
    : value < 1_000
      ? `${value.toFixed(0)} ms`
      : `${(value / 1_000).toFixed(1)} s`;
const seconds = (value: number) => `${(value / 1_000).toFixed(1)} s`;
const bad = ({ outcome }: Call) => outcome !== 'ok';

/** Calls, times and errors by kind, while nothing is broken. */
export function steadyTable(calls: readonly Call[], { from, to }: Phase): string {
  const within = between(calls, from, to);
  const minutes = (to - from) / 60_000;
  const rows = kindsIn(within).map((kind) => rowOf(kind, ofKind(within, kind), minutes));
  return table(
    ['', 'a minute', 'p50', 'p95', 'p99', 'longest', 'first text p50 / p95', 'not well'],
    [...rows, rowOf('all', within, minutes)],
  );
}

function rowOf(name: string, calls: readonly Call[], minutes: number): (string | number)[] {
  const times = calls.filter((call) => !bad(call)).map((call) => call.ms);
  const first = calls.flatMap(({ firstTextMs }) => firstTextMs ?? []);
  const spread = [0.5, 0.95, 0.99, 1].map((share) => ms(percentile(times, share)));
  const firstText = [0.5, 0.95].map((share) => ms(percentile(first, share))).join(' / ');
  const count = (calls.length / minutes).toFixed(0);
  return [name, count, ...spread, first.length > 0 ? firstText : '', outcomesOf(calls)];
}

export function memoryTable(slopes: readonly Slope[]): string {
  return table(
    ['', 'first', 'last', 'least squares, MiB a minute'],
    slopes.map(({ name, first, last, slope, error }) => [
      ...[name, `${first.toFixed(0)} MiB`, `${last.toFixed(0)} MiB`],
      `${slope.toFixed(2)} ± ${error.toFixed(2)}`,
    ]),
  );
}

/** What was seen while each part was away and afterwards. */
export function faultTable(calls: readonly Call[], faults: readonly Fault[]): string {
  const rows = faults.map((fault) => {
    const whole = between(calls, fault.killedAt, fault.until);
    const away = between(calls, fault.killedAt, fault.servesAt);
    const lastBad = Math.max(fault.killedAt, ...whole.filter(bad).map(({ endedAt }) => endedAt));
    const recovered = lastBad > fault.servesAt ? seconds(lastBad - fault.servesAt) : 'at once';
    const share = (100 * away.filter(bad).length) / Math.max(1, away.length);
    return [
      ...[
        fault.name,
        seconds(fault.servesAt - fault.killedAt),
        seconds(fault.servesAt - fault.startedAt),
      ],
      `${away.filter(bad).length} of ${away.length} (${share.toFixed(0)} %)`,
      ...[whole.some(bad) ? recovered : 'nothing went wrong', byKind(whole)],
    ];
  });
  return table(
    [
      'killed',
      'away for',
      'of it to start',
      'not well meanwhile',
      'last trouble after it served',
      'what went wrong',
    ],
    rows,
  );
}

/** A minute of it. */
const MOST_SPELLS = 12;

/** For each fault: calls that went well and others in spells of five seconds. */
export function courseTable(calls: readonly Call[], faults: readonly Fault[]): string {
  const SPELL = 5_000;
  const longest = Math.max(...faults.map(({ killedAt, until }) => until - killedAt));
  const most = Math.min(MOST_SPELLS, Math.ceil(longest / SPELL));
  const spells = Array.from({ length: most }, (_, n) => n);
  const rows = faults.map(({ name, killedAt, until }) => [
    name,
    ...spells.map((n) => {
      const from = killedAt + n * SPELL;
      if (from > until) return '';
      const within = between(calls, from, Math.min(until, from + SPELL));
      return `${within.filter((call) => !bad(call)).length} / ${within.filter(bad).length}`;
    }),
  ]);
  return table(
    ['well / not, seconds from', ...spells.map((n) => String((n * SPELL) / 1_000))],
    rows,
  );
}

export function auditTable(audit: Audit): string {
  const statuses = Object.entries(audit.statuses).map(([status, count]) => `${count} ${status}`);
  return table(
    ['afterwards', ''],
    [
      ['questions accepted', audit.accepted],
      ['how they ended', statuses.join(', ')],
      ['accepted, but not there any more', audit.lost],
      ['ended otherwise than the learner was told', audit.contradicted],
      ['end not heard by the learner', audit.unheard],
      ['answers that never ended · sums still set aside', `${audit.streaming} · ${audit.held}`],
      [
        'charged otherwise than they cost · charged for nothing',
        `${audit.mischarged} · ${audit.chargedForNothing}`,
      ],
      [
        'sum of the ledger · balances that differ from it',
        `${audit.ledgerSum} · ${audit.differing}`,
      ],
      ['jobs that failed', audit.failedJobs],
    ],
  );
}

const kindsIn = (calls: readonly Call[]): Kind[] =>
  [...new Set(calls.map(({ kind }) => kind))].sort();
const ofKind = (calls: readonly Call[], kind: Kind) => calls.filter((call) => call.kind === kind);

function outcomesOf(calls: readonly Call[]): string {
  const wrong = calls.filter(bad);
  const kinds = [...new Set(wrong.map(({ outcome }) => outcome))].sort();
  const count = (outcome: string) => wrong.filter((call) => call.outcome === outcome).length;
  return kinds.map((outcome) => `${count(outcome)} × ${outcome}`).join(', ') || '0';
}

function byKind(calls: readonly Call[]): string {
  return kindsIn(calls)
    .filter((kind) => ofKind(calls, kind).some(bad))
    .map((kind) => `${kind}: ${outcomesOf(ofKind(calls, kind))}`)
    .join('; ');
}
