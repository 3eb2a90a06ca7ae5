import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Passage } from '../../ai/passage.ts';
import { foldText } from '../../ai/rag/folding.ts';
import type { LibraryWork } from '../../ai/rag/passage-library.ts';
import { prepareWork } from '../../backend/library/prepare-work.ts';
import type { StoredReading } from '../../backend/library/reading.ts';
import type { PreparedWork } from '../../backend/library/work.ts';
import { defaultWorks } from '../../corpus/manifest.ts';
import type { SourceWork } from '../../corpus/source-work.ts';

export interface TextWork extends LibraryWork {
  title: string;
  /** As a file of it would be: paragraphs are lines, chapters parted by an empty one. */
  text: string;
}

/** What is searched in. */
export interface Texts {
  name: string;
  works: readonly TextWork[];
  hasReadings: boolean;
}

const LARGEST_TABLE_BYTES = 2 ** 30;

/** What is compared when a result is judged: folded, Han characters only. */
export function hanOf(text: string): string {
  return foldText(text).replace(/[^\p{Script=Han}]/gu, '');
}

export function withoutReadings(work: LibraryWork): LibraryWork {
  const passages = work.passages.map((passage) => ({ ...passage, reading: undefined }));
  return { id: work.id, aliases: work.aliases, passages };
}

export async function defaultTexts(): Promise<Texts> {
  const works: TextWork[] = [];
  for (const [position, source] of defaultWorks().entries()) {
    const read = await source.read();
    works.push(textWork(read, prepareWork(read, position, await source.readings?.())));
  }
  return { name: 'default library', works, hasReadings: true };
}

function textWork(source: SourceWork, prepared: PreparedWork): TextWork {
  const { id, title, author, dynasty, aliases } = prepared.work;
  const chapters = new Map(prepared.chapters.map((chapter) => [chapter.id, chapter]));
  const readings = new Map(prepared.readings.map((reading) => [reading.passageId, reading]));
  const passages = prepared.passages.map((passage): Passage => {
    const chapter = chapters.get(passage.chapterId);
    const reading = readings.get(passage.id);
    return {
      ...{ id: passage.id, workId: id, work: title },
      ...{ chapterId: passage.chapterId, chapter: chapter?.title ?? '' },
      ...{ author: chapter?.author ?? author, dynasty: chapter?.dynasty ?? dynasty },
      text: passage.text,
      reading: reading && readingOf(reading),
    };
  });
  const text = source.chapters.map(({ paragraphs }) => paragraphs.join('\n')).join('\n\n');
  return { id, title, aliases, passages, text };
}

/** What a library holds of what is stored. */
function readingOf(stored: StoredReading): NonNullable<Passage['reading']> {
  const { source, translation, gist, themes, questions, notes, doubt } = stored;
  return { source, translation, gist, themes, questions, notes, doubt };
}

/** A table of passages, one a line: number, work, chapter, text. The number becomes the id. */
export async function tableTexts(file: string): Promise<Texts> {
  const works = new Map<string, Passage[]>();
  for (const line of (await readTable(file)).split('\n')) {
    const [number, work = '', chapter = '', text] = line.split('\t');
    if (number === undefined || text === undefined) continue;
    const passages = works.get(work) ?? [];
    works.set(work, passages);
    const place = { workId: work, work, chapterId: chapter, chapter };
    passages.push({ id: number, ...place, author: null, dynasty: null, text });
  }
  return {
    name: path.basename(file).replace(/\.tsv(\.xz)?$/, ''),
    works: [...works].map(([title, passages]) => ({
      ...{ id: title, title, aliases: [], passages },
      text: textOf(passages),
    })),
    hasReadings: false,
  };
}

async function readTable(file: string): Promise<string> {
  if (!file.endsWith('.xz')) return readFile(file, 'utf8');
  const unpacked = await promisify(execFile)('xz', ['-dc', file], {
    maxBuffer: LARGEST_TABLE_BYTES,
  });
  return unpacked.stdout;
}

function textOf(passages: readonly Passage[]): string {
  const pieces = passages.map(({ chapterId, text }, index) => {
    const before = passages[index - 1];
    if (!before) return text;
    return (before.chapterId === chapterId ? '\n' : '\n\n') + text;
  });
  return pieces.join('');
}
