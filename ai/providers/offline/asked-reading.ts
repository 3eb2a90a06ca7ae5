import { annotatePinyin } from '../../pinyin/annotate-pinyin.ts';
import { type Fold, glossPassage } from './gloss-passage.ts';
import { phrases } from './phrases.ts';
import type { QuotedPassage } from './quoted-passages.ts';

const HAN = /^\p{Script=Han}$/u;
const ASKED =
  /^(?:请问|那)?(?![这那]个?[字词句])(?:[这那]个)?(.+?)(?:[这那]个)?[字词]?的?(?:应?该?)(?:怎么读|怎样读|读作?什么|怎么念|念什么|读音|拼音)(?![书诗经懂通完])/u;
/** 「不亦说乎的说」: the words it stands in, and the word itself. */
const WITHIN = /^(.+?)(?:[里中]?的|[里中](?!.*[里中的]))(.+)$/u;

/** How the word that is asked about is read in the first of the passages that has it. */
export function readingAskedFor(
  question: string,
  quoted: readonly QuotedPassage[],
  fold: Fold,
): string[] {
  const folded = [...question].map((character) => (HAN.test(character) ? fold(character) : ''));
  const asked = ASKED.exec(folded.join(''))?.[1];
  if (asked === undefined) return [];
  const [, around, word = asked] = WITHIN.exec(asked) ?? [];
  const readings = quoted.flatMap(({ passage: { text, reading } }) => {
    const place = standsAt(asked, text, fold) ?? standsAt(word, text, fold, around);
    if (!place) return [];
    const notes = reading?.notes.length ? reading.notes : glossPassage(text, fold);
    const syllables = annotatePinyin(text, notes, fold).slice(...place);
    const term = [...text].slice(...place).join('');
    return [phrases.readAs(term, syllables.filter((syllable) => syllable !== null).join(' '))];
  });
  return readings.slice(0, 1);
}

/** From where to where words stand in a text, whatever punctuation lies between: inside others if these do. */
function standsAt(
  words: string,
  text: string,
  fold: Fold,
  around = '',
): [number, number] | undefined {
  const kept = [...text].flatMap((character, at) =>
    HAN.test(character) ? [{ at, key: fold(character) }] : [],
  );
  const whole = kept.map(({ key }) => key).join('');
  const start = around.includes(words) ? Math.max(0, whole.indexOf(around)) : 0;
  const from = whole.indexOf(words, start);
  const [first, last] = [kept[from], kept[from + words.length - 1]];
  return first && last && [first.at, last.at + 1];
}
