import type { Form } from '../../source-work.ts';
import { clauseLengths } from './clause-lengths.ts';

/** Characters of a chapter that are looked at. */
const LOOKED_AT = 4_000;
/** Above it a line hardly is verse: two clauses of seven with their signs, twice. */
const LONGEST_VERSE_LINE = 36;
/** … and above this only if its clauses are as long as each other: two of them of any length of verse. */
const LONGEST_COUPLET = 20;

/** How a chapter seems to hang together, from its first paragraphs. */
export function guessForm(paragraphs: readonly string[]): Form {
  const looked = firstOf(paragraphs);
  let speeches = 0;
  let turns = 0;
  for (const text of looked) {
    if (SPEECH.test(text)) speeches += 1;
    if (TURN.test(text)) turns += 1;
  }
  if (looked.length >= 2 && speeches >= looked.length * (looked.length > 2 ? 0.5 : 1)) {
    return turns >= looked.length * 0.25 ? 'dialogue' : 'sayings';
  }
  if (looked.length >= 4 && turns >= looked.length * 0.3) return 'dialogue';
  if (looked.filter((text) => QUOTATION.test(text)).length * 2 > looked.length) return 'prose';
  return verseForm(looked) ?? 'prose';
}

const SPEECH = /^[^。！？；]{0,7}[曰云问問]/u;
/** The same with its sign, as no line of verse begins: 「白云…」 and 「借问…」 do. */
const QUOTATION = /^[^，。！？；]{0,7}[曰云问問][：:「“『‘]/u;
/** 「曰：…」 without a name, or words that are just spoken. */
const TURN = /^[曰「“『‘]/u;

function firstOf(paragraphs: readonly string[]): readonly string[] {
  let characters = 0;
  for (const [index, text] of paragraphs.entries()) {
    characters += text.length;
    if (characters >= LOOKED_AT) return paragraphs.slice(0, index + 1);
  }
  return paragraphs;
}

/** Verse where lines are short and their clauses as long as each other, or of verse's lengths. */
function verseForm(paragraphs: readonly string[]): Form | null {
  const long = paragraphs.filter((text) => text.length > LONGEST_VERSE_LINE).length;
  const counts = [0, 0, 0, 0, 0, 0, 0, 0];
  let clauses = 0;
  for (const text of paragraphs) {
    for (const length of clauseLengths(text)) {
      clauses += 1;
      if (length < counts.length) counts[length] = (counts[length] ?? 0) + 1;
    }
  }
  if (clauses < 2) return null;
  const [, , , three = 0, four = 0, five = 0, six = 0, seven = 0] = counts;
  if (three >= clauses * 0.7 && long === 0 && paragraphs.length >= 8) return 'primer';
  const regular = Math.max(four, five, seven) / clauses;
  if (long > paragraphs.length / 2) {
    const poem = regular >= 0.9 && clauses % 2 === 0 && clauses <= MOST_CLAUSES_OF_A_POEM;
    return poem ? 'verse' : null;
  }
  if (regular >= 0.8) return 'verse';
  // Songs in the manner of Chu keep no number of characters but breathe in every line.
  if (paragraphs.filter((text) => text.includes('兮')).length >= paragraphs.length / 2)
    return 'verse';
  const couplets = paragraphs.filter((text) => text.length <= LONGEST_COUPLET).length;
  const varied = five + six + seven >= clauses * 0.75;
  return varied && couplets >= paragraphs.length * 0.9 ? 'verse' : null;
}

/** A poem may be written without lines; regular clauses without end are parallel prose. */
const MOST_CLAUSES_OF_A_POEM = 60;
