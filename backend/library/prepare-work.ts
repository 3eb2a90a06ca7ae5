import { createHash } from 'node:crypto';
import { foldText } from '../../ai/rag/folding.ts';
import { segmentChapter } from '../../ai/rag/segmentation.ts';
import type { SourceWork } from '../../corpus/source-work.ts';
import { stableId } from './stable-id.ts';
import type { Chapter, PreparedWork, StoredPassage } from './work.ts';

/** Goes up when segmentation changes, so that works already in the library are cut again. */
const SEGMENTATION_VERSION = 1;

export function prepareWork(source: SourceWork, position: number): PreparedWork {
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
      passages.push({ id, workId, chapterId, n: n + 1, text });
    });
  });
  const { slug, title, author, dynasty, category, aliases } = source;
  const work = {
    ...{ id: workId, slug, position, title, author, dynasty, category, aliases },
    contentHash: hashOf(source, passages),
    chapterCount: chapters.length,
    passageCount: passages.length,
    characterCount: passages.reduce((sum, { text }) => sum + hanCharacters(text), 0),
  };
  return { work, chapters, passages };
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
function hashOf(source: SourceWork, passages: readonly StoredPassage[]): string {
  const { title, author, dynasty, category, aliases, chapters } = source;
  const names = chapters.map((chapter) => [chapter.title, chapter.author, chapter.dynasty]);
  const texts = passages.map(({ chapterId, text }) => [chapterId, text]);
  return createHash('sha256')
    .update(JSON.stringify([SEGMENTATION_VERSION, title, author, dynasty, category, aliases]))
    .update(JSON.stringify([names, texts]))
    .digest('hex');
}

function hanCharacters(text: string): number {
  return text.match(/\p{Script=Han}/gu)?.length ?? 0;
}
