import type { CpuTimes } from './ingest-cpu.ts';
import type { Ingested, Latency } from './ingest-upload.ts';

export interface Plain {
  characters: number;
  pieces: number;
  seconds: number;
  peakBytes: number;
  cpu: CpuTimes;
}

interface Ours extends Ingested {
  workerPeak: number;
  apiPeak: number;
  chromaPeak: number;
  cpu: CpuTimes;
}

export interface Row {
  characters: number;
  plain: Plain & { chromaPeak: number };
  ours: Ours;
  /** The same while somebody searches. */
  searched: Ours;
}

export const HEAD = [
  '| characters | | plain LangChain | this program | ratio |',
  '|---|---|---|---|---|',
].join('\n');

export function linesOf({ characters, plain, ours, searched }: Row): string {
  const millions = `${(characters / 1e6).toFixed(1)} million`;
  const speed = (seconds: number) => Math.round(characters / seconds);
  const ratio = (speed(ours.seconds) / speed(plain.seconds)).toFixed(2);
  const cpuRatio = (sumOf(plain.cpu) / sumOf(ours.cpu)).toFixed(2);
  const stages = Object.entries(ours.stages).map(([stage, s]) => `${stage} ${s.toFixed(1)} s`);
  const { before, during } = searched.search ?? {};
  return [
    `| ${millions} | characters a second | ${speed(plain.seconds)} | ${speed(ours.seconds)} | ${ratio} |`,
    `| | pieces, passages | ${plain.pieces} | ${ours.passages} | |`,
    `| | processor seconds | ${spent(plain.cpu)} | ${spent(ours.cpu)} | ${cpuRatio} |`,
    `| | peak memory of who reads in | ${mebibytes(plain.peakBytes)} | ${mebibytes(ours.workerPeak)} | |`,
    `| | peak memory of Chroma | ${mebibytes(plain.chromaPeak)} | ${mebibytes(ours.chromaPeak)} | |`,
    `| | peak memory of the API process with the index | – | ${mebibytes(ours.apiPeak)} | |`,
    `| | the same while somebody searches | – | ${speed(searched.seconds)} | |`,
    `| | search p50 / p95 before, while reading in | – | ${latency(before)}, ${latency(during)} | |`,
    `| | stages | – | ${stages.join(', ')} | |`,
  ].join('\n');
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function latency(of: Latency | undefined): string {
  return of ? `${of.p50.toFixed(1)} / ${of.p95.toFixed(1)} ms` : '–';
}

function sumOf(cpu: CpuTimes): number {
  return Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
}

function spent(cpu: CpuTimes): string {
  const each = Object.entries(cpu).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);
  return `${sumOf(cpu).toFixed(1)} (${each.join(', ')})`;
}
