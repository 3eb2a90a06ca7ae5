import type { EmbeddingModel } from '../../ai/rag/embeddings/model-file.ts';
import { LexicalIndex } from '../../ai/rag/lexical-index.ts';
import { LexicalSegment } from '../../ai/rag/lexical-segment.ts';
import { fieldTerms, fieldTexts } from '../../ai/rag/passage-fields.ts';
import { type LibraryWork, PassageLibrary } from '../../ai/rag/passage-library.ts';
import { type Asked, askAll } from './retrieval-asking.ts';
import { built } from './retrieval-cost.ts';
import { type Address, openVectors, preparedLikeness } from './retrieval-ground.ts';
import { quoteTable } from './retrieval-poem-quotes.ts';
import { poemWorks } from './retrieval-poem-texts.ts';
import {
  costCells,
  count,
  latencyTable,
  mebibytes,
  qualityTable,
  tableOf,
  time,
} from './retrieval-report.ts';
import type { Suite } from './retrieval-suite.ts';
import {
  bareChroma,
  bm25fAlone,
  nearestIn,
  type Searched,
  type System,
  vectorsAlone,
  whole,
} from './retrieval-systems.ts';
import { type Texts, withoutReadings } from './retrieval-texts.ts';

/** As the service closes its own. */
const SEGMENT_PASSAGES = 20_000;
const SLICE = 1_000;

interface Poems {
  texts: Texts;
  suites: readonly Suite[];
  model: EmbeddingModel;
  address: () => Address | undefined;
}

/** The same questions with hundreds of thousands of poems in the library too. */
export async function measurePoems({ texts, suites, model, address }: Poems): Promise<string> {
  const read = await built(poemWorks);
  const works = [...texts.works, ...read.made.works];
  const passages = works.flatMap((work) => [...work.passages]);
  const lexical = costCells(await built(() => lexicalOf(works)));
  const library = await built(() => libraryOf(works));
  const quotes = quoteTable(passages, library.made);
  const { vectors, embeddings, filled } = await openVectors(works, model, address);
  const queries = suites.flatMap(({ lines }) => lines.map(({ query }) => query));
  const bare = await bareChroma(vectors, embeddings, queries);
  const asked = await askBoth(suites, texts, bare, {
    ...{ library: library.made, readings: true },
    nearest: nearestIn(vectors, embeddings),
    likeness: await preparedLikeness(library.made, model),
  });
  const costs = tableOf(
    [`default library and ${count(read.made.poems)} poems`, 'built in', 'memory'],
    [
      [`${count(passages.length)} passages; reading and cutting the poems`, ...costCells(read)],
      ['library in this process', ...costCells(library)],
      ['… of it the lexical index', ...lexical],
      ['… and the quotation index', '', mebibytes(library.made.quotations.bytes)],
      ['passages embedded', `${count(filled.embedded)} a second`, ''],
      [
        `vectors taken in by Chroma, ${count(filled.stored)} a second`,
        time((filled.passages / filled.stored) * 1_000),
        '',
      ],
    ],
  );
  return [costs, quotes, ...asked].join('\n\n');
}

/** With readings, then without: a second library of this size would double the memory. */
async function askBoth(suites: readonly Suite[], texts: Texts, bare: System, searched: Searched) {
  const withReadings = await askEach(suites, [whole(searched), bm25fAlone(searched)]);
  for (const work of texts.works) searched.library.put(withoutReadings(work));
  const bareLibrary = { ...searched, readings: false };
  // What readings say is not in the vectors: once is enough.
  const others = [vectorsAlone(bareLibrary), whole(bareLibrary), bm25fAlone(bareLibrary), bare];
  const without = await askEach(suites, others);
  return suites.flatMap((suite, n) => {
    const both = [...(without[n] ?? []), ...(withReadings[n] ?? [])];
    const compared = both.filter(({ system }) => system !== bare);
    return [qualityTable(suite, compared), latencyTable(both, bare)];
  });
}

async function askEach(suites: readonly Suite[], systems: readonly System[]): Promise<Asked[][]> {
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
