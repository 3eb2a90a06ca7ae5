import type { Citation, Quote } from '../api/types.ts';

/** A run of answer text, cut where something can be tapped. */
export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'citation'; n: number }
  | { kind: 'quote'; index: number; text: string; parts: Segment[] };

export interface Annotations {
  citations: ReadonlySet<number>;
  quotes: readonly string[];
}

const MARKER = /\[(\d{1,2})\]/g;
const OPENING: Record<string, string> = { '「': '」', '『': '』', '“': '”' };

export function annotationsOf(message: {
  citations: readonly Pick<Citation, 'n'>[];
  quotes: readonly Pick<Quote, 'text'>[];
}): Annotations {
  return {
    citations: new Set(message.citations.map(({ n }) => n)),
    quotes: message.quotes.map(({ text }) => withoutMarkers(text)),
  };
}

function withoutMarkers(text: string): string {
  return text.replace(MARKER, '').replace(/\s+/g, '');
}

/** Markers become citations; one that points at nothing is left out, not shown as an odd number. */
function splitMarkers(text: string, citations: ReadonlySet<number>): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKER)) {
    if (match.index > from) segments.push({ kind: 'text', text: text.slice(from, match.index) });
    const n = Number(match[1]);
    if (citations.has(n)) segments.push({ kind: 'citation', n });
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ kind: 'text', text: text.slice(from) });
  return segments;
}

/** Where the bracket opened at `start` closes, counting brackets of its own kind in between. */
function findClosing(text: string, start: number): number {
  const opening = text[start] ?? '';
  const closing = OPENING[opening];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === opening) depth += 1;
    else if (text[at] === closing) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Cuts text at citation markers and around the quotations the server has judged. */
export function annotateText(text: string, { citations, quotes }: Annotations): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!((text[at] ?? '') in OPENING)) continue;
    const end = findClosing(text, at);
    const index = end === -1 ? -1 : quotes.indexOf(withoutMarkers(text.slice(at + 1, end)));
    if (index === -1) continue;
    segments.push(...splitMarkers(text.slice(from, at), citations));
    const quoted = text.slice(at, end + 1);
    segments.push({ kind: 'quote', index, text: quoted, parts: splitMarkers(quoted, citations) });
    from = end + 1;
    at = end;
  }
  segments.push(...splitMarkers(text.slice(from), citations));
  return segments;
}

/** The numbers an answer points at, in the order they first appear. */
export function citedNumbers(content: string, citations: ReadonlySet<number>): number[] {
  const numbers = Array.from(content.matchAll(MARKER), (match) => Number(match[1]));
  return [...new Set(numbers)].filter((n) => citations.has(n));
}
