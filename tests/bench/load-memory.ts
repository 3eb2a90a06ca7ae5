import { readFileSync } from 'node:fs';
import type { Part } from './load-parts.ts';

export interface Reading {
  name: string;
  at: number;
  bytes: number;
}

export interface Slope {
  name: string;
  /** MiB. */
  first: number;
  last: number;
  /** MiB a minute, by least squares. */
  slope: number;
  /** Standard error of the slope. */
  error: number;
}

const SAMPLE_MS = 1_000;
const MEBIBYTE = 2 ** 20;

/** Reads the memory of every part each second until it is stopped. */
export function watchMemory(parts: readonly Part[]): { readings: Reading[]; stop(): void } {
  const readings: Reading[] = [];
  const timer = setInterval(() => {
    for (const part of parts) {
      const bytes = memoryOf(part.pid());
      if (bytes !== undefined) readings.push({ name: part.name, at: performance.now(), bytes });
    }
  }, SAMPLE_MS);
  return { readings, stop: () => clearInterval(timer) };
}

/** Of a process and those it started, what they share counted once; `undefined` while it does not run. */
function memoryOf(pid: number): number | undefined {
  try {
    const [, own] =
      /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const below = children.filter(Boolean).map((child) => memoryOf(Number(child)) ?? 0);
    return Number(own) * 1_024 + below.reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return undefined;
  }
}

export function slopesOf(readings: readonly Reading[], from: number, to: number): Slope[] {
  const within = readings.filter(({ at }) => at >= from && at < to);
  return [...new Set(within.map(({ name }) => name))].map((name) => {
    const points = within
      .filter((reading) => reading.name === name)
      .map(({ at, bytes }) => ({ x: at / 60_000, y: bytes / MEBIBYTE }));
    const line = leastSquares(points);
    return { name, first: points[0]?.y ?? 0, last: points.at(-1)?.y ?? 0, ...line };
  });
}

export function leastSquares(points: readonly { x: number; y: number }[]) {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
