import type { EmbeddingModel } from '../../ai/rag/embeddings/model-file.ts';
import { TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';
import type { ScoredId } from '../../ai/rag/fusion.ts';
import { LexicalIndex } from '../../ai/rag/lexical-index.ts';
import { LexicalSegment } from '../../ai/rag/lexical-segment.ts';
import { fieldTerms, fieldTexts } from '../../ai/rag/passage-fields.ts';
import { type LibraryWork, PassageLibrary } from '../../ai/rag/passage-library.ts';
import { type Asked, askAll } from './retrieval-asking.ts';
import { type BruteForce, openBruteForce } from './retrieval-brute-force.ts';
import { built } from './retrieval-cost.ts';
import { preparedLikeness } from './retrieval-ground.ts';
import { quoteTable } from './retrieval-poem-quotes.ts';
import { poemWorks } from './retrieval-poem-texts.ts';
import {
  costCells,
  count,
  mebibytes,
  qualityTable,
  tableOf,
  time,
  timesTable,
} from './retrieval-report.ts';
import type { Suite } from './retrieval-suite.ts';
import { bm25fAlone, NEAREST, type Searched, vectorsAlone, whole } from './retrieval-systems.ts';
import { type Texts, withoutReadings } from './retrieval-texts.ts';

/** As the service closes its own. */
const SEGMENT_PASSAGES = 20_000;
const SLICE = 1_000;
const FOUND_BEFORE = 'exact, found before';

interface Poems {
  texts: Texts;
  suites: readonly Suite[];
  model: EmbeddingModel;
  /** Vectors that Chroma took in a second, here and today. */
  stored: number;
}

/**
 * The same questions with hundreds of thousands of poems in the library too. Vectors are compared one
 * by one, before the questions are asked, so that no time here has a vector search in it.
 */
export async function measurePoems({ texts, suites, model, stored }: Poems): Promise<string> {
  const read = await built(poemWorks);
  const works = [...texts.works, ...read.made.works];
  const passages = works.flatMap((work) => [...work.passages]);
  const lexical = costCells(await built(() => lexicalOf(works)));
  const library = await built(() => libraryOf(works));
  const quotes = quoteTable(passages, library.made);
  const vectors = await openBruteForce(passages, new TrainedEmbeddings({ model, fold: foldText }));
  const asked = await askBoth(suites, texts, {
    ...{ library: library.made, readings: true },
    nearest: await foundBefore(suites, vectors),
    likeness: await preparedLikeness(library.made, model),
  });
  const costs = tableOf(
    [`default library and ${count(read.made.poems)} poems`, 'built in', 'memory'],
    [
      [`${count(passages.length)} passages; reading and cutting the poems`, ...costCells(read)],
      ['library in this process', ...costCells(library)],
      ['… of it the lexical index', ...lexical],
      ['… and the quotation index', '', mebibytes(library.made.quotations.bytes)],
      ['passages embedded', `${count(vectors.embedded)} a second`, ''],
      [
        `vectors into Chroma at ${count(stored)} a second: not done, would take`,
        `at least ${time((passages.length / stored) * 1_000)}`,
        '',
      ],
    ],
  );
  return [costs, quotes, ...asked].join('\n\n');
}

async function foundBefore(suites: readonly Suite[], { nearest }: BruteForce) {
  const known = new Map<string, ScoredId[]>();
  for (const { query } of suites.flatMap(({ lines }) => lines)) {
    known.set(query, known.get(query) ?? (await nearest(query, NEAREST)));
  }
  return async (query: string) => known.get(query) ?? [];
}

/** With readings, then without: a second library of this size would double the memory. */
async function askBoth(suites: readonly Suite[], texts: Texts, searched: Searched) {
  const withReadings = await askEach(suites, searched);
  for (const work of texts.works) searched.library.put(withoutReadings(work));
  const without = await askEach(suites, { ...searched, readings: false });
  return suites.flatMap((suite, n) => {
    const both = [...(without[n] ?? []), ...(withReadings[n] ?? [])];
    const timed = both.filter(({ system }) => !system.name.includes(FOUND_BEFORE));
    return [qualityTable(suite, both), timesTable(timed)];
  });
}

async function askEach(suites: readonly Suite[], searched: Searched): Promise<Asked[][]> {
  const systems = [whole(searched), bm25fAlone(searched)];
  // What readings say is not in the vectors: once is enough.
  if (!searched.readings) systems.unshift(vectorsAlone(searched, FOUND_BEFORE));
  const asked: Asked[][] = [];
  for (const suite of suites) asked.push(await askAll(suite, systems));
  return asked;
}

function lexicalOf(works: readonly LibraryWork[]): LexicalIndex {
  const index = new LexicalIndex();
  for (const { id, aliases, passages } of works) {
    const segments: LexicalSegment[] = [];
    for (let start = 0; start < passages.length; start += SEGMENT_PASSAGES) {
      const documents = passages.slice(start, start + SEGMENT_PASSAGES).map((passage) => ({
        id: passage.id,
        terms: fieldTerms(fieldTexts(passage, aliases)),
      }));
      segments.push(LexicalSegment.of(documents));
    }
    index.place(id, segments);
  }
  return index;
}

async function libraryOf(works: readonly LibraryWork[]): Promise<PassageLibrary> {
  const library = new PassageLibrary();
  for (const { id, aliases, passages } of works) {
    await library.receive({ id, aliases, slices: slicesOf(passages) });
  }
  return library;
}

async function* slicesOf<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  for (let start = 0; start < items.length; start += SLICE) yield items.slice(start, start + SLICE);
}
