import { type Atom, balance, hanLength, type PassageSize } from './segmentation-balanced-cuts.ts';
import {
  closesSentence,
  cutAfter,
  splitSentences,
  splitTooLong,
} from './segmentation-sentences.ts';

/** The part of a chapter that decides where it may be cut; `form` as the corpus describes it. */
export interface SegmentableChapter {
  form: 'verse' | 'primer' | 'prose' | 'dialogue' | 'sayings';
  /** Trimmed, none empty, none with a line break. */
  paragraphs: string[];
}

const PROSE: PassageSize = { ideal: 110, longest: 150 };
const VERSE: PassageSize = { ideal: 96, longest: 150 };
const PRIMER: PassageSize = { ideal: 72, longest: 100 };

/** A paragraph shorter than this says too little to be found or cited alone. */
const TINY = 15;

/**
 * Cuts a chapter into passages, each a natural unit: a 章, a part of a 段, a poem or some stanzas of
 * it, some lines of a primer. Paragraphs put together into one passage are parted by a line break;
 * apart from these the passages, joined, are the paragraphs, joined.
 */
export function segmentChapter({ form, paragraphs }: SegmentableChapter): string[] {
  if (form === 'verse') return balance(linesOf(paragraphs, VERSE), VERSE);
  if (form === 'primer') return balance(linesOf(paragraphs, PRIMER), PRIMER);
  return unitsOf(form, paragraphs).flatMap((unit) => balance(sentencesOf(unit), PROSE));
}

/** Paragraphs that belong together before anything is cut. */
function unitsOf(form: 'prose' | 'dialogue' | 'sayings', paragraphs: string[]): string[][] {
  if (form === 'prose') return proseUnits(paragraphs);
  if (form === 'dialogue') return dialogueUnits(paragraphs);
  return paragraphs.map((paragraph) => [paragraph]);
}

/** Lines or stanzas as they are; only one longer than a passage may be is taken apart. */
function linesOf(paragraphs: string[], size: PassageSize): Atom[] {
  const punctuated = paragraphs.filter(closesSentence).length * 3 >= paragraphs.length;
  return paragraphs.flatMap((text, index) => {
    if (hanLength(text) > size.longest) return sentencesOf([text]);
    // Lines without punctuation are taken to come in couplets.
    const couplet = index % 2 === 1 ? 'good' : 'bad';
    return [{ text, startsParagraph: true, cut: punctuated ? cutAfter(text) : couplet }];
  });
}

function sentencesOf(paragraphs: string[]): Atom[] {
  return paragraphs.flatMap((paragraph) => {
    const sentences = splitSentences(paragraph).flatMap(splitTooLong);
    return sentences.map((text, index) => ({
      text,
      startsParagraph: index === 0,
      cut: cutAfter(text),
    }));
  });
}

/** Headings, salutations and other tiny paragraphs join what follows, the last what precedes it. */
function proseUnits(paragraphs: string[]): string[][] {
  const units: string[][] = [];
  let open = false;
  for (const paragraph of paragraphs) {
    const current = units.at(-1);
    if (current && open) current.push(paragraph);
    else units.push([paragraph]);
    open = hanLength((units.at(-1) ?? []).join('')) < TINY || /[，、：]$/u.test(paragraph);
  }
  const last = units.at(-1)?.join('') ?? '';
  if (units.length > 1 && hanLength(last) < TINY) units.at(-2)?.push(...(units.pop() ?? []));
  return units;
}

/** Joins a tiny line of a dialogue to its answer, or a tiny answer to what it answers. */
function dialogueUnits(paragraphs: string[]): string[][] {
  const units: string[][] = [];
  let open = false;
  for (const [index, paragraph] of paragraphs.entries()) {
    const tiny = hanLength(paragraph) < TINY;
    const answered = continuesDialogue(paragraphs[index + 1]);
    const current = units.at(-1);
    const answersOnly = tiny && !answered && continuesDialogue(paragraph);
    if (current && (open || answersOnly)) current.push(paragraph);
    else units.push([paragraph]);
    open = tiny && answered;
  }
  return units;
}

/** 「曰：…」 without a name, or speech that just goes on, belongs to what stands before it. */
function continuesDialogue(paragraph: string | undefined): boolean {
  return paragraph !== undefined && /^(?:曰|[「“『‘])/u.test(paragraph);
}
