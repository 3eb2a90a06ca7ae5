import { segmentChapter } from '../../../ai/rag/segmentation.ts';
import { type AlignedPiece, segmentAligned } from '../../../ai/rag/segmentation-aligned.ts';
import type { Form } from '../../../corpus/source-work.ts';

/** A paragraph, or one of the parts of a paragraph too long to be held whole. */
export type Piece = AlignedPiece;

/** A translated piece beyond it could not be a passage; it is cut, and its translation left out. */
const LONGEST_ALIGNED = 3_000;
/** A paragraph without end is looked at in parts of so many characters. */
const PART = 8_000;

type Note = (reason: string, example: string) => void;

/** A paragraph, or a stanza by its lines where these are as many as those of its translation. */
export function piecesOf(text: string, translation: string | null, note: Note): Piece[] {
  if (translation === null || translation === '') return untranslated(text);
  const lines = splitLines(text);
  const translated = splitLines(translation);
  if (lines.length > 1 && lines.length === translated.length) {
    return lines.map((line, index) => ({ text: line, translation: translated[index] ?? null }));
  }
  if (text.length <= LONGEST_ALIGNED) return [{ text: lines.join('\n'), translation }];
  note('译文与原文未能对齐', translation);
  return untranslated(text);
}

/** Passages of a part of a chapter; what has a translation is never cut. */
export function cutPieces(form: Form, pieces: readonly Piece[]): Piece[] {
  const passages: Piece[] = [];
  for (let start = 0; start < pieces.length; ) {
    const aligned = pieces[start]?.translation !== null;
    let end = start + 1;
    while (end < pieces.length && (pieces[end]?.translation !== null) === aligned) end += 1;
    const run = pieces.slice(start, end);
    if (aligned) passages.push(...segmentAligned(form, run));
    else {
      const paragraphs = run.map(({ text }) => text);
      for (const text of segmentChapter({ form, paragraphs })) {
        passages.push({ text: text.trim(), translation: null });
      }
    }
    start = end;
  }
  return passages;
}

function untranslated(text: string): Piece[] {
  return splitLines(text).flatMap((line) =>
    partsOf(line).map((part) => ({ text: part, translation: null })),
  );
}

function splitLines(text: string): string[] {
  if (!text.includes('\n')) return [text];
  return text.split(/\s*\n\s*/u).filter((line) => line !== '');
}

function partsOf(line: string): string[] {
  if (line.length <= PART * 2) return [line];
  const parts: string[] = [];
  let start = 0;
  while (line.length - start > PART * 2) {
    const end = cutPlace(line, start + PART);
    parts.push(line.slice(start, end).trim());
    start = end;
  }
  parts.push(line.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/** After the next end of a sentence, or where there is none soon, between two characters. */
function cutPlace(line: string, from: number): number {
  const ahead = line.slice(from, from + PART / 2);
  const sentence = /[。！？；!?;][」”’』）》)"]*/u.exec(ahead);
  if (sentence) return from + sentence.index + sentence[0].length;
  const code = line.charCodeAt(from);
  return code >= 0xdc00 && code <= 0xdfff ? from + 1 : from;
}
