import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { createFileStore } from '../../backend/documents/file-store.ts';
import type { Database } from '../../backend/platform/database/database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { longText } from '../support/document-desk.ts';
import { forget, traces, VECTORS_TABLE } from '../support/ingestion-life.ts';
import type { Fate } from '../support/ingestion-process.ts';
import { createRandom } from '../support/random.ts';
import { silentLogger } from '../support/redis-space.ts';
import { runTypeScript } from '../support/run-typescript.ts';
import { describeWith } from '../support/services.ts';
import { createMigratedDatabase, type TestDatabase } from '../support/test-database.ts';
import { thoroughness } from '../support/thoroughness.ts';

jest.setTimeout(1_200_000);

const KILLS = 100 * thoroughness;
const LANES = 3;
/** Then the story is told to its end, and another begins. */
const DEATHS_A_STORY = 6;
/** At once is before the query is sent: between any two there must be nothing to lose. */
const DELAYS_MS = [0, 0, 0, 1, 3];

/** Two versions of one document: something new, something gone, much that stays. */
const VERSIONS = [longText(500), longText(470).replaceAll('百日', '旬日')];

/** A place where nobody else takes in documents. */
interface Lane {
  database: Database;
  folder: string;
  url: string;
  dispose(): Promise<void>;
}

async function openLane(): Promise<Lane> {
  const made: TestDatabase = await createMigratedDatabase();
  const database = await openPostgres({ url: made.url, logger: silentLogger });
  await database.knex.raw(VECTORS_TABLE);
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-killed-'));
  return {
    ...{ database, folder, url: made.url },
    async dispose() {
      await database.close();
      await made.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function keepFiles({ database, folder }: Lane): Promise<string[]> {
  const files = createFileStore(database.knex);
  const ids: string[] = [];
  for (const text of VERSIONS) {
    const bytes = Buffer.from(text);
    const file = path.join(folder, randomUUID());
    await writeFile(file, bytes);
    const id = randomUUID();
    const hash = createHash('sha256').update(bytes).digest('hex');
    const description = { name: '江行日录.md', format: 'md', byteSize: bytes.length, hash };
    await files.keep(id, file, description);
    await rm(file);
    ids.push(id);
  }
  return ids;
}

/** How many queries it took to the end; `killed` when it did not get there. */
async function oneLife(
  { url, folder }: Lane,
  fileIds: string[],
  dies: Fate['dies'],
): Promise<number | 'killed'> {
  const fate: Fate = { url, folder, fileIds, dies };
  const life = runTypeScript('ingestion-process.ts', [JSON.stringify(fate)]);
  let said = '';
  life.stdout.on('data', (piece) => {
    said += piece;
  });
  const [code, signal] = await once(life, 'close');
  if (signal === 'SIGKILL') return 'killed';
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  return Number(said);
}

describeWith('postgres', 'a worker that is killed while it takes in a document', () => {
  let lanes: Lane[];
  let undisturbed: Record<string, string>;
  let queries: number;
  beforeAll(async () => {
    lanes = await Promise.all(Array.from({ length: LANES }, openLane));
    const [lane] = lanes;
    if (!lane) throw new Error('there are some');
    queries = Number(await oneLife(lane, await keepFiles(lane), null));
    undisturbed = await traces(lane.database.knex);
    await forget(lane.database.knex);
  });
  afterAll(async () => {
    for (const lane of lanes) await lane.dispose();
  });

  test('an undisturbed one leaves the library and nothing else', () => {
    expect(queries).toBeGreaterThan(60);
    expect(undisturbed).toMatchObject({
      documents: expect.stringMatching(/^1 rows/),
      document_files: expect.stringMatching(/^1 rows/),
      staged_passages: expect.stringMatching(/^0 rows/),
      retired_passages: expect.not.stringMatching(/^0 rows/),
    });
    const [passages, vectors] = [undisturbed.passages, undisturbed.vectors_of_tests];
    expect(vectors?.split(' ')[0]).toBe(passages?.split(' ')[0]);
  });

  test(`the same is left whenever and however often it is killed (${KILLS} times)`, async () => {
    const random = createRandom(20_26);
    let kills = 0;
    const lane = async (here: Lane) => {
      while (kills < KILLS) {
        const fileIds = await keepFiles(here);
        const deaths: Fate['dies'][] = [];
        for (;;) {
          // Later lives have less to do: of the moments far ahead many would never come.
          const within = Math.max(20, queries >> (deaths.length >> 1));
          const moment = { query: 1 + random.below(within), afterMs: random.pick(DELAYS_MS) };
          const dies = deaths.length < DEATHS_A_STORY ? moment : null;
          if ((await oneLife(here, fileIds, dies)) !== 'killed') break;
          deaths.push(moment);
          kills += 1;
        }
        const left = await traces(here.database.knex);
        expect({ deaths, left }).toEqual({ deaths, left: undisturbed });
        await forget(here.database.knex);
      }
    };
    await Promise.all(lanes.map(lane));
    expect(kills).toBeGreaterThanOrEqual(KILLS);
  });
});
