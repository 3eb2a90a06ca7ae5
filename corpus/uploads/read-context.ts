import type { IrregularityLog } from '../irregularities.ts';
import type { TextSink } from './text-sink.ts';

/** What every reader is given. */
export interface ReadContext {
  sink: TextSink;
  /** What is left out or mended, and why. */
  log: IrregularityLog;
  /** What the document is called; headings that only repeat it are not chapters. */
  workTitle: string;
  /** What the file itself says it is called, where that is something else. */
  ownTitle: string | null;
  /** Stands before the titles of the chapters of this file, where several make up the document. */
  prefix: string[];
  /** Whether this file is the whole document. */
  alone: boolean;
  /** What a chapter without a heading of its own is called. */
  untitled: string;
  /** Told the encoding of each text that is read. */
  noteEncoding(encoding: string): void;
  /** Told the text that was really read, file by file. */
  noteFile(): void;
}

/** 「书·篇」 without what only repeats the name of the document. */
export function chapterTitle(context: ReadContext, parts: readonly string[]): string {
  const own: string[] = [];
  for (const part of [...context.prefix, ...parts]) {
    const name = part.replace(/\s+/gu, ' ').trim();
    if (name === '' || name === own.at(-1) || isTitle(context, name)) continue;
    own.push(name);
  }
  const title = own.join('·');
  return title === '' ? context.untitled : [...title].slice(0, LONGEST_TITLE).join('');
}

const LONGEST_TITLE = 120;

/** Whether a heading says only what the whole is called. */
export function isTitle({ workTitle, ownTitle }: ReadContext, name: string): boolean {
  return sameName(name, workTitle) || (ownTitle !== null && sameName(name, ownTitle));
}

export function sameName(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(name: string): string {
  return name.replace(/[\s《》〈〉「」]/gu, '').toLowerCase();
}
