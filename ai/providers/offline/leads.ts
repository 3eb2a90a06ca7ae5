import { sourceName } from '../../citations.ts';
import type { Passage } from '../../passage.ts';
import type { Focus } from '../../questions/focus.ts';
import { phrases } from './phrases.ts';
import { authorOf, type QuotedPassage } from './quoted-passages.ts';

const SPEAKER = /^\p{Script=Han}{1,4}曰/u;

/** Says what the passage that is shown is to the question. */
export function leadFor(focus: Focus, { passage }: QuotedPassage): string {
  const place = sourceName(passage);
  switch (focus.kind) {
    case 'next':
      return focus.line ? phrases.nextLine(focus.line) : phrases.nextPassage;
    case 'previous':
      return focus.line ? phrases.previousLine(focus.line) : phrases.previousPassage;
    case 'last':
      return phrases.lastLine(place);
    case 'first':
      return phrases.firstLine(place);
    case 'point':
      return phrases.thatPoint;
    case 'same':
      return phrases.lookAgain;
    case 'source': {
      return phrases.source(place, whoseWords(passage));
    }
  }
}

/** Its author, else who is said to speak; of neither the book says anything. */
function whoseWords(passage: Passage): string {
  const author = authorOf(passage).trim();
  if (author) return phrases.writtenBy(author);
  const speaker = SPEAKER.exec(passage.text)?.[0];
  return speaker ? phrases.saidBy(speaker) : phrases.authorUnknown;
}
