import { createHash } from 'node:crypto';
import { foldText } from '../../ai/rag/folding.ts';
import { segmentChapter } from '../../ai/rag/segmentation.ts';
import type { SourceReading, SourceWork } from '../../corpus/source-work.ts';
import { stableId } from '../stable-id.ts';
import type { StoredReading } from './reading.ts';
import type { Chapter, PreparedWork, StoredPassage } from './work.ts';

/** Goes up when what is made of a text changes, so that works already in the library are cut again. */
const SEGMENTATION_VERSION = 2;

export function prepareWork(
  source: SourceWork,
  position: number,
  written: readonly SourceReading[] = [],
): PreparedWork {
  const workId = stableId('work', source.slug);
  const occurrences = new Map<string, number>();
  const chapters: Chapter[] = [];
  const passages: StoredPassage[] = [];
  source.chapters.forEach((chapter, index) => {
    const chapterId = stableId('chapter', source.slug, chapter.title);
    const texts = segmentChapter(chapter);
    const { title, author, dynasty } = chapter;
    const passageCount = texts.length;
    chapters.push({ id: chapterId, workId, n: index + 1, title, author, dynasty, passageCount });
    texts.forEach((text, n) => {
      const id = passageId(source.slug, chapter.title, text, occurrences);
      passages.push({ id, workId, chapterId, n: n + 1, text, textHash: textHashOf(text) });
    });
  });
  const readings = readingsOf(passages, written);
  const { slug, title, author, dynasty, category, aliases, introduction = null } = source;
  const work = {
    ...{ id: workId, slug, position, title, author, dynasty, category, aliases, introduction },
    contentHash: hashOf(source, passages, readings),
    chapterCount: chapters.length,
    passageCount: passages.length,
    characterCount: passages.reduce((sum, { text }) => sum + hanCharacters(text), 0),
  };
  return { work, chapters, passages, readings };
}

export function textHashOf(text: string): string {
  return createHash('sha256').update(foldText(text)).digest('hex').slice(0, 16);
}

/** A reading belongs to a passage as it was when it was written; of another text it says nothing. */
function readingsOf(
  passages: readonly StoredPassage[],
  written: readonly SourceReading[],
): StoredReading[] {
  const byPassage = new Map(written.map((reading) => [reading.passageId, reading]));
  return passages.flatMap(({ id, workId, textHash }) => {
    const reading = byPassage.get(id);
    if (!reading || reading.textHash !== textHash) return [];
    return [{ ...reading, workId, textHash, source: 'editorial' as const, questions: [] }];
  });
}

/** The folded text, not its place, decides; a line that a chapter repeats is told apart by a count. */
function passageId(
  slug: string,
  chapter: string,
  text: string,
  occurrences: Map<string, number>,
): string {
  const names = [slug, chapter, foldText(text)];
  const key = names.join('\u0000');
  const occurrence = (occurrences.get(key) ?? 0) + 1;
  occurrences.set(key, occurrence);
  return stableId('passage', ...names, String(occurrence));
}

/** Of everything that is shown or indexed, so that any change of it is noticed. */
function hashOf(
  source: SourceWork,
  passages: readonly StoredPassage[],
  readings: readonly StoredReading[],
): string {
  const { title, author, dynasty, category, aliases, introduction, chapters } = source;
  const names = chapters.map((chapter) => [chapter.title, chapter.author, chapter.dynasty]);
  const texts = passages.map(({ chapterId, text }) => [chapterId, text]);
  return createHash('sha256')
    .update(
      JSON.stringify([
        SEGMENTATION_VERSION,
        title,
        author,
        dynasty,
        category,
        aliases,
        introduction,
      ]),
    )
    .update(JSON.stringify([names, texts, readings]))
    .digest('hex');
}

function hanCharacters(text: string): number {
  return text.match(/\p{Script=Han}/gu)?.length ?? 0;
}
