import type { Form } from '../../../corpus/source-work.ts';
import { guessForm } from '../../../corpus/uploads/structure/guess-form.ts';
import type { Heading } from '../../../corpus/uploads/text-sink.ts';
import { stableId } from '../../stable-id.ts';
import { cleanText } from './clean-text.ts';
import { type ContentHash, createContentHash } from './content-hash.ts';
import { cutPieces, type Piece, piecesOf } from './cut-pieces.ts';
import { identifyPassages } from './identify-passages.ts';
import type {
  ChapterCorrection,
  ParsedBatch,
  ParsedChapter,
  ParseInput,
} from './parsed-document.ts';
import { createTextSurvey, type TextSurvey } from './text-survey.ts';
import { createUniqueTitles } from './unique-titles.ts';

/** Characters of a chapter that are cut together; more of it is cut in several parts. */
const PART = 24_000;
/** Characters by which it is guessed how a chapter hangs together. */
const GUESSED_FROM = 4_000;

/** Makes chapters and passages of headings and paragraphs, and counts what goes through it. */
export interface DocumentAssembly {
  chapter(heading: Heading): void;
  paragraph(text: string, translation: string | null): void;
  end(): void;
  /** What has come together since it was last taken. */
  take(): ParsedBatch;
  /** How many passages wait to be taken. */
  waiting(): number;
  /** Whether there are chapters, and none of them is wanted. */
  allSkipped(): boolean;
  totals: { chapters: number; passages: number; characters: number; translated: number };
  survey: TextSurvey;
  content: ContentHash;
}

type Note = (reason: string, example: string) => void;

interface OpenChapter {
  record: ParsedChapter;
  form: Form | null;
  pieces: Piece[];
  size: number;
  identify: ReturnType<typeof identifyPassages>;
}

export function createDocumentAssembly(
  input: Omit<ParseInput, 'path' | 'fileName'>,
  note: Note,
): DocumentAssembly {
  const corrections = new Map(input.corrections.chapters.map((one) => [one.ordinal, one]));
  const totals = { chapters: 0, passages: 0, characters: 0, translated: 0 };
  const survey = createTextSurvey();
  const content = createContentHash();
  const foundTitle = createUniqueTitles();
  const shownTitle = createUniqueTitles();
  let batch: ParsedBatch = { chapters: [], passages: [] };
  let ordinal = 0;
  let heading: Heading | null = null;
  let chapter: OpenChapter | null = null;

  function startChapter(found: Heading): OpenChapter {
    ordinal += 1;
    // Also of those that go on where another ends, so that corrections of one leave the names of others.
    const key = foundTitle(found.title, found.author);
    const correction = corrections.get(ordinal);
    if (correction?.joinPrevious && chapter) return chapter;
    closeChapter();
    return openChapter(found, key, correction);
  }

  function openChapter(found: Heading, key: string, correction?: ChapterCorrection): OpenChapter {
    const skipped = correction?.skip === true;
    if (!skipped) totals.chapters += 1;
    const author = correction?.author === undefined ? found.author : correction.author;
    const title = shownTitle(correction?.title?.trim() || found.title, author);
    const form = correction?.form ?? input.form ?? found.form;
    const record: ParsedChapter = {
      id: stableId('chapter', input.slug, key),
      n: skipped ? 0 : totals.chapters,
      ordinal,
      title,
      author: author ?? input.author,
      dynasty: found.dynasty ?? input.dynasty,
      form: form ?? 'prose',
      passageCount: 0,
      characterCount: 0,
      opening: '',
      skipped,
    };
    if (!skipped) content.chapter(ownNames(record));
    const identify = identifyPassages(input.slug, record.id, key);
    return { record, form, pieces: [], size: 0, identify };
  }

  /** Without those of the whole text, which are said of it and not in it. */
  function ownNames({ title, author, dynasty }: ParsedChapter): (string | null)[] {
    const own = (name: string | null, ofAll: string | null) => (name === ofAll ? null : name);
    return [own(title, input.title), own(author, input.author), own(dynasty, input.dynasty)];
  }

  function closeChapter(): void {
    if (chapter) cut(chapter);
    chapter = null;
  }

  function cut(open: OpenChapter): void {
    const { record, pieces } = open;
    if (pieces.length === 0) return;
    open.form ??= guessForm(pieces.map(({ text }) => text));
    record.form = open.form;
    if (record.opening === '') record.opening = openingOf(pieces[0]?.text ?? '');
    for (const { text, translation } of cutPieces(open.form, pieces)) {
      record.passageCount += 1;
      if (record.skipped) continue;
      totals.passages += 1;
      if (translation !== null) totals.translated += 1;
      const characters = survey.add(text);
      record.characterCount += characters;
      totals.characters += characters;
      batch.passages.push(open.identify(text, translation, totals.passages));
    }
    if (batch.chapters.at(-1)?.id !== record.id) batch.chapters.push(record);
    open.pieces = [];
    open.size = 0;
  }

  return {
    totals,
    survey,
    content,
    chapter(found) {
      if (heading) note('无正文', heading.title);
      heading = found;
    },
    paragraph(text, translation) {
      const clean = cleanText(text, note);
      if (clean === '') return;
      if (heading || !chapter) {
        chapter = startChapter(heading ?? { ...{ title: input.title, form: null }, ...NOBODY });
        heading = null;
      }
      const pieces = piecesOf(
        clean,
        translation === null ? null : cleanText(translation, note),
        note,
      );
      for (const piece of pieces) {
        if (!chapter.record.skipped) content.passage(piece.text, piece.translation);
        chapter.pieces.push(piece);
        chapter.size += piece.text.length;
        if (chapter.size >= (chapter.form === null ? GUESSED_FROM + PART : PART)) cut(chapter);
      }
    },
    end() {
      if (heading) note('无正文', heading.title);
      closeChapter();
    },
    waiting: () => batch.passages.length,
    allSkipped: () => ordinal > 0 && totals.chapters === 0,
    take() {
      const taken = {
        chapters: batch.chapters.map((one) => ({ ...one })),
        passages: batch.passages,
      };
      batch = { chapters: [], passages: [] };
      return taken;
    },
  };
}

const NOBODY = { author: null, dynasty: null };
const OPENING = 40;

function openingOf(text: string): string {
  return [...text.slice(0, OPENING * 2)].slice(0, OPENING).join('').replaceAll('\n', ' ');
}
