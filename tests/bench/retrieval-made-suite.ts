import type { Passage } from '../../ai/passage.ts';
import { createRandom, type Random } from '../support/random.ts';
import { byWords, type Suite, type SuiteLine } from './retrieval-suite.ts';
import { hanOf, type Texts } from './retrieval-texts.ts';

const SEED = 20_261_121;
const A_KIND = 60;
/** A theme that more passages have asks for none of them. */
const MOST_OF_A_THEME = 3;
const FEWEST_CHARACTERS = 5;
const CLAUSE_END = /[\p{P}\s]+/u;

/**
 * Questions made by rule from the default library itself. Lines as they are, lines with a character
 * missing and titles ask for the text; gists, themes and translations are what readings say, so that
 * only libraries without readings may be asked by them.
 */
export function madeSuite({ works }: Texts): Suite {
  const random = createRandom(SEED);
  const passages = works.flatMap((work) => work.passages);
  const usable = passages.filter((passage) => goldOf(passage).length >= FEWEST_CHARACTERS);
  const draw = (make: (passage: Passage) => SuiteLine | undefined) => drawn(usable, random, make);
  return {
    name: 'made from the library',
    lines: [
      ...draw((passage) => line('line', `「${goldOf(passage)}」出自哪里？`, [passage])),
      ...draw((passage) => {
        const gold = goldOf(passage);
        const at = random.below(gold.length);
        return line('line with a slip', gold.slice(0, at) + gold.slice(at + 1), [passage]);
      }),
      ...draw((passage) => byTitle(passage, passages)),
      ...draw(({ reading, ...passage }) => fromReading('gist', reading?.gist, [passage])),
      ...draw(({ reading, ...passage }) =>
        fromReading('translation', reading?.translation, [passage]),
      ),
      ...drawn(themesOf(usable), random, ([theme, about]) => fromReading('theme', theme, about)),
    ],
  };
}

function drawn<Item>(
  items: readonly Item[],
  random: Random,
  make: (item: Item) => SuiteLine | undefined,
): SuiteLine[] {
  const left = [...items];
  const lines: SuiteLine[] = [];
  while (lines.length < A_KIND && left.length > 0) {
    const [item] = left.splice(random.below(left.length), 1);
    const made = item && make(item);
    if (made) lines.push(made);
  }
  return lines;
}

function line(kind: string, query: string, right: readonly Passage[]): SuiteLine {
  return { kind, query, fromReadings: false, isRight: byWords(right.map(goldOf)) };
}

function fromReading(
  kind: string,
  query: string | null | undefined,
  right: readonly Passage[],
): SuiteLine | undefined {
  return query ? { ...line(kind, query, right), fromReadings: true } : undefined;
}

/** Of a poem or a short essay; nobody asks for 「第七十五则」. */
function byTitle({ chapterId, chapter }: Passage, all: readonly Passage[]): SuiteLine | undefined {
  const name = chapter.split('·').at(-1) ?? '';
  const right = all.filter((passage) => passage.chapterId === chapterId);
  const isTitle = /^(?!第)\p{Script=Han}{3,}$/u.test(name) && right.length <= MOST_OF_A_THEME;
  return isTitle ? line('title', `《${name}》写的是什么？`, right) : undefined;
}

function themesOf(passages: readonly Passage[]): [theme: string, about: Passage[]][] {
  const themes = new Map<string, Passage[]>();
  for (const passage of passages) {
    for (const theme of passage.reading?.themes ?? []) {
      themes.set(theme, [...(themes.get(theme) ?? []), passage]);
    }
  }
  return [...themes].filter(([, about]) => about.length <= MOST_OF_A_THEME);
}

/** The longest clause: a piece of text that is cut elsewhere most likely holds it too. */
function goldOf({ text }: Pick<Passage, 'text'>): string {
  const clauses = text.split(CLAUSE_END).map(hanOf);
  return clauses.reduce((longest, clause) => (clause.length > longest.length ? clause : longest));
}
