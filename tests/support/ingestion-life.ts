import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { removeOrphans } from '../../backend/documents/checking/vector-check.ts';
import { createDocumentIngestion } from '../../backend/documents/document-ingestion.ts';
import { documentStores } from '../../backend/documents/document-stores.ts';
import type { ParseDocument } from '../../backend/documents/ingestion-parts.ts';
import { createDocumentAssembly } from '../../backend/documents/parsing/assemble-document.ts';
import { startJob } from '../../backend/documents/start-job.ts';
import { createJobStore } from '../../backend/jobs/job-store.ts';
import { createLogger } from '../../backend/logger.ts';

export const DOCUMENT_ID = '0a1b2c3d-0000-4000-8000-000000000001';
export const SPACE = 'space';
const BATCH = 60;

export const VECTORS_TABLE = 'create table vectors_of_tests (id uuid primary key, work_id uuid)';

/** Stands where Chroma would, in a table, so that it outlives the process that is killed. */
export function vectorsInTable(knex: Knex) {
  const table = () => knex('vectors_of_tests');
  const missing = () => Promise.reject(new Error('not needed here'));
  return {
    name: SPACE,
    embeddings: {
      ...{ model: 'test', dimension: 1, embedQuery: async () => [1] },
      embedPassages: async (texts: string[]) => texts.map(() => [1]),
    },
    vectors: {
      ...{ collection: SPACE, query: missing, count: missing, ids: missing, drop: missing },
      async upsert(items: { id: string; workId: string }[]) {
        const rows = items.map(({ id, workId }) => ({ id, work_id: workId }));
        await table().insert(rows).onConflict('id').ignore();
      },
      async delete(ids: string[]) {
        await table().whereIn('id', ids).delete();
      },
      async deleteWork(workId: string) {
        await table().where({ work_id: workId }).delete();
      },
      async *idPages() {
        yield (await table().select('id')).map(({ id }): string => id);
      },
      async known(ids: readonly string[]) {
        const rows = await table().whereIn('id', [...ids]);
        return new Set<string>(rows.map(({ id }) => id));
      },
    },
  };
}

/** Cuts as the service does, but without the readers of all formats, which take long to load. */
const readLightly: ParseDocument = async (input, { onBatch }) => {
  const assembly = createDocumentAssembly(input, () => undefined);
  const text = await readFile(input.path, 'utf8');
  for (const line of text.split('\n\n')) {
    const heading = { title: line.slice(3), author: null, dynasty: null, form: null };
    if (line.startsWith('## ')) assembly.chapter(heading);
    else if (!line.startsWith('#')) assembly.paragraph(line, null);
    if (assembly.waiting() >= BATCH) await onBatch(assembly.take());
  }
  assembly.end();
  await onBatch(assembly.take());
  const none = { count: 0, examples: [] };
  return {
    ...{ format: 'md', encoding: 'UTF-8', files: 1, ...assembly.totals, script: 'simplified' },
    ...{ lacunae: none, unknownCharacters: none, skipped: [] },
    contentHash: createHash('sha256').update(text).digest('hex'),
  };
};

function storesOn(knex: Knex) {
  return { ...documentStores(knex), jobs: createJobStore(knex) };
}

const VERSION = {
  ...{
    title: '江行日录',
    readTitle: '江行日录',
    uploadedTitle: null,
    uploadedAuthor: null,
    author: null,
    dynasty: null,
    category: '自备',
  },
  ...{ form: null, purpose: 'upload' as const, keepsTwin: true, corrections: { chapters: [] } },
};

/**
 * From two kept files to a document in its second version, as the service does it: each step begins
 * where the last one that was finished left off, whoever did that.
 */
export async function live(knex: Knex, fileIds: readonly string[], folder: string): Promise<void> {
  const stores = storesOn(knex);
  const space = vectorsInTable(knex);
  const transact = <Result>(work: (inside: typeof stores) => Promise<Result>) =>
    knex.transaction((transaction) => work(storesOn(transaction)));
  const ingestion = createDocumentIngestion({
    ...{
      stores,
      transact,
      spaces: () => [space],
      spoolFolder: folder,
      logger: createLogger('silent'),
    },
    parse: readLightly,
    libraryChanged: async () => undefined,
    wake: () => undefined,
  });
  const nextVersion = (fileId: string, isNew: boolean) =>
    transact(async (inside) => {
      if (isNew) await inside.documents.insert(DOCUMENT_ID, null);
      const version = await inside.documents.addVersion(
        { id: DOCUMENT_ID },
        { ...VERSION, fileId },
      );
      await startJob(inside, { id: DOCUMENT_ID, version }, { until: 'published', maxAttempts: 5 });
    });
  for (;;) {
    const document = await stores.documents.byId(DOCUMENT_ID);
    const isThere = document?.status === 'published';
    const next = fileIds[document?.version ?? 0];
    if (isThere && next === undefined) break;
    if (!document || isThere) {
      await nextVersion(next ?? '', !document);
      continue;
    }
    const payload = { documentId: document.id, version: document.version };
    await ingestion.ingest(
      { ...payload, until: 'published' },
      {
        jobId: document.jobId ?? '',
        report: async () => undefined,
        setResult: () => undefined,
        signal: new AbortController().signal,
      },
    );
  }
  await removeOrphans(stores.libraryCheck, space, new AbortController().signal);
}

const KEPT: Record<string, string> = {
  documents: 'id, status, version, last_version, published_version, work_id, run_id, error',
  document_versions: `version, purpose, title, encoding, content_hash, shown_hash, report, duplicates,
    chapter_count, passage_count, character_count`,
  document_files: 'name, byte_size, hash',
  document_file_chunks: 'n, md5(bytes) as bytes',
  staged_chapters: '*',
  staged_passages: '*',
  works: 'id, slug, position, title, content_hash, chapter_count, passage_count, character_count',
  chapters: '*',
  passages: '*',
  retired_passages: 'id, work_id, chapter_title, text',
  passage_readings: 'passage_id, source, text_hash, translation',
  work_vectors: 'work_id, collection, content_hash',
  jobs: 'kind, payload',
  vectors_of_tests: '*',
};

/** Everything that is left in the end, but for the time of day, as one hash a table. */
export async function traces(knex: Knex): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [table, columns] of Object.entries(KEPT)) {
    const { rows } = await knex.raw(
      `select row_to_json(each)::text as row from (select ${columns} from ${table}) each order by 1`,
    );
    const hash = createHash('sha256').update(
      rows.map(({ row }: { row: string }) => row).join('\n'),
    );
    found[table] = `${rows.length} rows, ${hash.digest('hex').slice(0, 12)}`;
  }
  return found;
}

/** As before the story, but for the files, which are there again. */
export async function forget(knex: Knex): Promise<void> {
  const tables = Object.keys(KEPT).filter((table) => table !== 'document_file_chunks');
  await knex.raw(`truncate ${tables.join(', ')} cascade`);
}
