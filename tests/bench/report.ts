import { cpus, loadavg, totalmem } from 'node:os';
import { ANSWERS, type FirstDeltas, MODEL_DELAY_MS } from './first-delta.ts';
import { IDLE_MS, type Memory } from './memory.ts';
import type { FirstStart, SecondStart } from './starts.ts';

export interface Measured {
  first: FirstStart;
  second: SecondStart;
  delta: FirstDeltas;
}

type Row = [what: string, value: string];

export function machineLine(): string {
  const [cpu] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpu?.model.trim() || 'unknown processor'}, ${cpus().length} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
    `load before ${loadavg()[0]?.toFixed(1)}`,
  ].join(' · ');
}

export function table(measured: Measured): string {
  const rows = [
    ...startRows(measured),
    ...memoryRows(measured),
    ...deltaRows(measured.delta),
    ...searchRows(measured.second),
  ];
  return ['| measured | |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function startRows({ first, second }: Measured): Row[] {
  const questions = first.asked === 1 ? 'the first question' : `question ${first.asked}`;
  return [
    ['first start, empty `DATA_DIR`, to listening', time(first.listeningMs)],
    [
      'first start to the first cited answer, whole',
      `${time(first.citedMs)} (to ${questions} asked)`,
    ],
    ['first start to the whole library read in', time(first.libraryMs)],
    ['second start to `/ready` 200', time(second.readyMs)],
  ];
}

function memoryRows({ first, second }: Measured): Row[] {
  const idle = `${IDLE_MS / 1_000} s idle`;
  return [
    [`memory after the first start and ${idle}: server + Chroma`, memory(first.memory)],
    [`memory after the second start and ${idle}: server + Chroma`, memory(second.memory)],
  ];
}

function deltaRows({ service, direct, stored, called, passedOn }: FirstDeltas): Row[] {
  const added = median(service) - median(direct);
  return [
    [
      `first \`delta\` through the service, model answers after ${MODEL_DELAY_MS} ms (n = ${ANSWERS})`,
      spread(service),
    ],
    ['first text from the same model called directly, in turns', spread(direct)],
    ['added by the service (difference of the medians)', time(added)],
    [
      '… of it, medians',
      `question stored ${time(median(stored))}, passages found and model called ${time(median(called))}, text passed on ${time(median(passedOn))}`,
    ],
  ];
}

function searchRows({ search, library }: SecondStart): Row[] {
  const count = (value: number) => value.toLocaleString('en');
  return [
    [`\`/api/library/search\`, ${search.length} different queries, nothing cached`, spread(search)],
    [
      'library',
      `${library.works} works, ${count(library.passages)} passages, ${count(library.characters)} characters`,
    ],
  ];
}

function spread(times: readonly number[]): string {
  return `median ${time(median(times))}, p95 ${time(percentile(times, 0.95))}`;
}

function median(times: readonly number[]): number {
  return percentile(times, 0.5);
}

/** Nearest rank. */
function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function time(milliseconds: number): string {
  return milliseconds >= 1_000
    ? `${(milliseconds / 1_000).toFixed(1)} s`
    : `${milliseconds.toFixed(1)} ms`;
}

function memory(at: Memory | undefined): string {
  if (!at) return 'n/a';
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const [server, chroma] = [mebibytes(at.server), mebibytes(at.chroma)];
  return `${server} + ${chroma} = ${server + chroma} MiB`;
}
