import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadShippedModel } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { createLogger } from '../../backend/logger.ts';
import { startChromaServer } from '../../backend/platform/chroma/chroma-server.ts';
import { machineLine } from './report.ts';
import { askAll } from './retrieval-asking.ts';
import { built } from './retrieval-cost.ts';
import { type Ground, openGround } from './retrieval-ground.ts';
import { madeSuite } from './retrieval-made-suite.ts';
import { measurePoems } from './retrieval-poems.ts';
import { costTable, latencyTable, mebibytes, qualityTable, time } from './retrieval-report.ts';
import { readSettings, type Settings } from './retrieval-settings.ts';
import { atMost, readSuite, type Suite } from './retrieval-suite.ts';
import { bareChroma } from './retrieval-systems.ts';
import { defaultTexts, type Texts, tableTexts } from './retrieval-texts.ts';

const NOTE = `A piece of LangChain's (up to 500 characters) counts when it holds the gold, as a passage does, which is in
its favour: it is some four times as long. What is not marked "readings" searches the texts alone.`;

/** Written, with their gold lines, by a reader who knew no other suite; nothing was fitted to them. */
const UNSEEN = fileURLToPath(new URL('./suites/unseen-questions.json', import.meta.url));

/** Prints the tables; resolves with the exit code. */
export async function runRetrievalBenchmark(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  const machine = machineLine();
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-retrieval-'));
  const chroma = await startChromaServer({ dataDir: folder, logger: createLogger('silent') });
  try {
    const model = await built(loadShippedModel);
    console.log(`\n${machine}\n`);
    const loaded = `loaded in ${time(model.milliseconds)}, ${mebibytes(model.bytes)}`;
    console.log(`Model ${model.made.name} ${loaded}.\n\n${NOTE}`);
    const library = await defaultTexts();
    for (const { texts, suites } of await grounds(settings, library)) {
      console.error(`— ${texts.name}: reading in`);
      const ground = await openGround(texts, model.made, () => chroma.address());
      console.log(`\n${costTable(texts.name, ground.costs)}`);
      const asked = suites.map((suite) => atMost(suite, settings.atMost));
      for (const suite of asked) await measure(ground, suite);
      if (settings.poems && texts === library) {
        console.error('— the same among poems');
        const poems = { texts, suites: asked, model: model.made, address: () => chroma.address() };
        const tables = await measurePoems(poems);
        console.log(`\n${tables}`);
      }
    }
    console.log(`\nPeak memory of this process, all of it: ${mebibytes(peakBytes())}.`);
    return 0;
  } finally {
    await chroma.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1_024;
}

/** The texts that are asked about, each with the suites that ask. */
async function grounds(
  { suites }: Settings,
  library: Texts,
): Promise<{ texts: Texts; suites: Suite[] }[]> {
  if (suites.length === 0) {
    return [{ texts: library, suites: [madeSuite(library), await readSuite(UNSEEN, library)] }];
  }
  const tables = [...new Set(suites.map(({ passages }) => passages))];
  const read = tables.map(async (table) => {
    const texts = table === undefined ? library : await tableTexts(table);
    const files = suites.filter(({ passages }) => passages === table);
    return { texts, suites: await Promise.all(files.map(({ suite }) => readSuite(suite, texts))) };
  });
  return Promise.all(read);
}

async function measure({ systems, vectors, embeddings }: Ground, suite: Suite): Promise<void> {
  console.error(`— ${suite.name}: ${suite.lines.length} questions to ${systems.length} systems`);
  const queries = suite.lines.map(({ query }) => query);
  const bare = await bareChroma(vectors, embeddings, queries);
  const asked = await askAll(suite, [...systems, bare]);
  const compared = asked.filter(({ system }) => system !== bare);
  console.log(`\n${qualityTable(suite, compared)}\n\n${latencyTable(asked, bare)}`);
}
