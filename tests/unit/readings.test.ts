import { jest } from '@jest/globals';
import { foldText } from '../../ai/rag/folding.ts';
import { prepareWork } from '../../backend/library/prepare-work.ts';
import type { PreparedWork } from '../../backend/library/work.ts';
import { defaultWorks } from '../../corpus/manifest.ts';
import type { SourceReading } from '../../corpus/source-work.ts';

jest.setTimeout(30_000);

/** Lists of words and names, which have a gist but nothing to translate. */
const GIST_ONLY = new Set(['baijiaxing', 'shenglv-qimeng', 'wenzi-mengqiu']);

interface ReadWork {
  slug: string;
  written: SourceReading[];
  prepared: PreparedWork;
}

let works: ReadWork[];

beforeAll(async () => {
  works = await Promise.all(
    defaultWorks().map(async (source, position) => {
      const written = (await source.readings?.()) ?? [];
      const prepared = prepareWork(await source.read(), position, written);
      return { slug: source.slug, written, prepared };
    }),
  );
});

/** Where a rule does not hold, as `slug: passage: what`. */
function faultsIn(rule: (reading: SourceReading, text: string) => string[]): string[] {
  return works.flatMap(({ slug, written, prepared }) => {
    const texts = new Map(prepared.passages.map(({ id, text }) => [id, text]));
    return written.flatMap((reading) =>
      rule(reading, texts.get(reading.passageId) ?? '').map(
        (fault) => `${slug}: ${reading.passageId}: ${fault}`,
      ),
    );
  });
}

const hanIn = (text: string) => text.match(/\p{Script=Han}/gu)?.length ?? 0;

describe('the readings of the default works', () => {
  it('are there for every passage, and none was written for another text', () => {
    const coverage = works.map(({ slug, written, prepared }) => ({
      slug,
      written: written.length,
      shown: prepared.readings.length,
    }));
    expect(coverage).toEqual(
      works.map(({ slug, prepared }) => ({
        slug,
        written: prepared.passages.length,
        shown: prepared.passages.length,
      })),
    );
  });

  it('translate the whole passage, but for lists of words', () => {
    const translated = works.filter(({ slug }) => !GIST_ONLY.has(slug));
    for (const { slug, written } of translated) {
      expect({ slug, missing: written.filter((each) => each.translation === null) }).toEqual({
        slug,
        missing: [],
      });
    }
    const lengths = faultsIn(({ translation }, text) => {
      if (translation === null) return [];
      const share = translation.length / Math.max(1, hanIn(text));
      return (share < 0.8 && hanIn(text) > 12) || (share > 4 && hanIn(text) > 15)
        ? [`${translation.length} characters for ${hanIn(text)}`]
        : [];
    });
    expect(lengths).toEqual([]);
  });

  it('say in one sentence what it is about, and name three to six things it may be sought by', () => {
    const faults = faultsIn(({ gist, themes }) => [
      ...(gist === null || gist.length < 6 || gist.length > 80 ? ['gist'] : []),
      ...(themes.length < 3 || themes.length > 6 ? ['number of themes'] : []),
      ...(new Set(themes).size < themes.length ? ['a theme twice'] : []),
      ...themes.filter((theme) => theme.length < 2 || theme.length > 20),
    ]);
    expect(faults).toEqual([]);
  });

  it('explain words that stand in the passage, with a syllable for each character that is read', () => {
    const faults = faultsIn(({ notes }, text) =>
      notes.flatMap(({ term, reading, at = [] }) => {
        const places = text.split(term).length - 1;
        const syllables = reading?.split(' ') ?? [];
        return [
          ...(places > 0 ? [] : [`${term} does not stand there`]),
          ...(at.every((place) => place <= places) ? [] : [`${term} stands there ${places} times`]),
          ...(reading === null || syllables.length === hanIn(term) ? [] : [`${term}: ${reading}`]),
          ...(syllables.every((syllable) => SYLLABLE.test(syllable)) ? [] : [`${reading}`]),
        ];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('belong to their own passage rather than to its neighbour', () => {
    const pairs = (text: string) => {
      const folded = [...foldText(text)];
      return new Set(folded.slice(1).map((character, at) => `${folded[at]}${character}`));
    };
    const shared = (one: Set<string>, other: Set<string>) =>
      [...one].filter((pair) => other.has(pair)).length / Math.max(1, other.size);
    let [compared, nearerToNeighbour] = [0, 0];
    for (const { prepared } of works) {
      const read = new Map(prepared.readings.map((reading) => [reading.passageId, reading]));
      const texts = prepared.passages.map(({ text }) => pairs(text));
      for (const [at, { id }] of prepared.passages.entries()) {
        const { translation = null, notes = [] } = read.get(id) ?? {};
        if (translation === null) continue;
        const said = pairs(`${translation}。${notes.map(({ term }) => term).join('。')}`);
        const own = shared(said, texts[at] ?? new Set());
        const beside = [texts[at - 1], texts[at + 1]].map((other) =>
          shared(said, other ?? new Set()),
        );
        compared += 1;
        if (Math.max(...beside) > own) nearerToNeighbour += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
    expect(nearerToNeighbour / compared).toBeLessThan(0.02);
  });

  it('bring no person in whom neither the passage nor a note names', () => {
    const persons = new Set(works.flatMap(personsOf).filter((name) => FULL_NAME.test(name)));
    expect(persons.size).toBeGreaterThan(300);
    const strangers = works.flatMap(({ slug, prepared }) => {
      const readings = new Map(prepared.readings.map((reading) => [reading.passageId, reading]));
      return prepared.chapters.flatMap((chapter) => {
        const inChapter = prepared.passages
          .filter(({ chapterId }) => chapterId === chapter.id)
          .map(({ id, n, text }) => ({ n, text, reading: readings.get(id) }));
        // Who was introduced in a chapter is known in all of it.
        const known = foldText(
          [chapter.title, chapter.author, ...inChapter.flatMap(introduced)].join('。'),
        );
        return inChapter.flatMap(({ n, reading }) => {
          const said = foldText(reading?.translation ?? '');
          return [...persons]
            .filter((name) => said.includes(name) && !isNamed(name, known))
            .map((name) => `${slug} ${chapter.title} ${n}: ${name}`);
        });
      });
    });
    expect(strangers).toEqual([]);
  });
});

/** Names begin with a capital. */
const SYLLABLE = /^[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+$/iu;
/** Two characters are as often an ordinary word. */
const FULL_NAME = /^\p{Script=Han}{3,4}$/u;
const PERSON =
  /人名|字[^，。；]{1,3}[，。；]|弟子|国君|君主|诸侯|大夫|丞?相|诗人|词人|名?将|皇帝|天子|公子|谋士|隐士|刺客|美女|名[^，。；]{1,2}[，。；]|之[子父弟兄妻]|[国州汉晋唐宋]人，/u;

function personsOf({ written, prepared }: ReadWork): string[] {
  const explained = written.flatMap(({ notes }) => notes);
  return [
    ...prepared.chapters.flatMap(({ author }) => author ?? []),
    ...explained.filter(({ meaning }) => PERSON.test(meaning)).map(({ term }) => term),
  ].map(foldText);
}

interface Explained {
  text: string;
  reading: { notes: SourceReading['notes']; doubt?: string | null } | undefined;
}

function introduced({ text, reading }: Explained): string[] {
  const notes = reading?.notes ?? [];
  return [text, reading?.doubt ?? '', ...notes.flatMap(({ term, meaning }) => [term, meaning])];
}

/** By the whole name or, as the classics like to, by half of it: 「惠王」 for 梁惠王. */
function isNamed(name: string, text: string): boolean {
  return [name, name.slice(-2), name.slice(0, 2)].some((part) => text.includes(part));
}
