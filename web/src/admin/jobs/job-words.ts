import { strings } from '../../strings.ts';
import type { Job } from './job-types.ts';

const words = strings.jobs;
const progress = strings.documents.progress;

type Names = Readonly<Record<string, string>>;
const named = (names: Names, name: string) => (Object.hasOwn(names, name) ? names[name] : name);

/** What the page calls it; a new one of the server's stands as it is. */
export function kindName(kind: string): string {
  return named(words.kinds, kind) ?? kind;
}

export function stageName(stage: string): string {
  return named(progress.stages, stage) ?? stage;
}

const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 });
const KIB = 1024;

export const formatCount = (count: number): string => whole.format(count);

export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${whole.format(bytes / KIB)} KB`;
  return `${oneDecimal.format(bytes / KIB / KIB)} MB`;
}

/** How far the stage is: bytes while a file is read, passages afterwards. */
export function progressSaid({ stage, done, total }: Job): string | null {
  if (stage === null || total <= 1) return null;
  return stage === 'parsed'
    ? progress.bytes(formatBytes(done), formatBytes(total))
    : progress.passages(formatCount(done), formatCount(total));
}

/** In words that change no oftener than they must. */
export function duration(seconds: number): string {
  if (seconds < 90) return progress.seconds(seconds < 10 ? seconds : Math.round(seconds / 5) * 5);
  if (seconds < 90 * 60) return progress.minutes(Math.round(seconds / 60));
  return progress.hours(Math.round(seconds / 3600));
}

export function leftSaid({ remainingSeconds }: Job): string | null {
  return remainingSeconds === null ? null : progress.left(duration(remainingSeconds));
}

/** How long the latest attempt took. */
export function tookSaid({ startedAt, finishedAt }: Job): string | null {
  if (!startedAt || !finishedAt) return null;
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  return seconds < 1 ? words.tookNoTime : words.took(duration(seconds));
}
