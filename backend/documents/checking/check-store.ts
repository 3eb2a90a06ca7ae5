import type { Knex } from 'knex';

/** What was not as it should be, by what it was; each is put right where it is found. */
export interface RecordFaults {
  /** Works of documents that are no longer there. */
  worksWithoutDocument: number;
  /** Chapters and works that say another number of passages than they have. */
  wrongCounts: number;
  readingsWithoutPassage: number;
  /** Of a text that its passage no longer has. */
  outdatedReadings: number;
  /** Passages that are both retired and there. */
  retiredButThere: number;
  stagedForNothing: number;
  filesWithoutDocument: number;
}

export interface StrandedDocument {
  id: string;
  version: number;
  until: 'segmented' | 'published';
}

export interface CheckedPassage {
  id: string;
  workId: string;
  text: string;
}

export interface CheckStore {
  /** Must run in a transaction. */
  repairRecords(): Promise<RecordFaults>;
  /** Documents that wait for a job which is over or was never made, or whose work has vanished. */
  stranded(): Promise<StrandedDocument[]>;
  /** Those that are in the library, or on their way into it. */
  rightful(ids: readonly string[]): Promise<Set<string>>;
  /** In the order of their ids; all, or those of one work. */
  passagesAfter(id: string | undefined, limit: number, workId?: string): Promise<CheckedPassage[]>;
  totals(): Promise<{ works: number; passages: number; documents: number; readings: number }>;
  /** Works that are noted to be in a vector space as they are. */
  embeddedWorks(space: string): Promise<Set<string>>;
  workIds(): Promise<Set<string>>;
  /** Works whose vectors a job is about to look after. */
  worksToTidy(): Promise<string[]>;
}

/** Whoever uploads keeps the file before there is a document. */
const FILE_AGE = `interval '1 hour'`;
const ON_ITS_WAY = `select 1 from documents where documents.id = staged_passages.document_id
  and documents.version = staged_passages.version`;

const REPAIRS: Record<keyof RecordFaults, string> = {
  worksWithoutDocument: `delete from works where slug like 'document-%'
    and not exists (select 1 from documents where work_id = works.id)`,
  wrongCounts: `with counted as (
      select chapters.id, count(passages.id)::integer as passages from chapters
      left join passages on passages.chapter_id = chapters.id group by chapters.id
    ), mended as (
      update chapters set passage_count = passages from counted
      where counted.id = chapters.id and passage_count <> passages
    )
    update works set chapter_count = each.chapters, passage_count = each.passages from (
      select work_id, count(*)::integer as chapters, sum(passages)::integer as passages
      from chapters join counted using (id) group by work_id
    ) each
    where work_id = works.id and (chapter_count, passage_count) <> (each.chapters, each.passages)`,
  readingsWithoutPassage: `delete from passage_readings
    where not exists (select 1 from passages where id = passage_id)`,
  outdatedReadings: `delete from passage_readings using passages
    where passages.id = passage_id and source <> 'editorial'
      and passages.text_hash <> passage_readings.text_hash`,
  retiredButThere: `delete from retired_passages
    where exists (select 1 from passages where id = retired_passages.id)`,
  stagedForNothing: `delete from staged_passages
    where not exists (${ON_ITS_WAY} and status <> 'published')`,
  filesWithoutDocument: `delete from document_files where created_at < now() - ${FILE_AGE}
    and not exists (select 1 from document_versions where file_id = document_files.id)`,
};

export function createCheckStore(knex: Knex): CheckStore {
  return {
    async repairRecords() {
      await knex.raw('set local statement_timeout = 0');
      // Vectors of what nobody works on now are not kept: whoever takes it up begins anew.
      await knex.raw(
        `update document_versions set embedded = '{}' from documents
         where documents.id = document_id and status not in ('queued', 'processing')`,
      );
      const faults: Partial<RecordFaults> = {};
      for (const [name, repair] of Object.entries(REPAIRS)) {
        const { rowCount } = await knex.raw(repair);
        faults[name as keyof RecordFaults] = rowCount ?? 0;
      }
      return faults as RecordFaults;
    },
    async stranded() {
      const { rows } = await knex.raw(
        `select documents.id, documents.version,
           case when documents.status = 'published' then 'published'
             else coalesce(jobs.payload->>'until', 'segmented') end as until
         from documents left join jobs on jobs.id = documents.job_id
         where documents.status in ('queued', 'processing')
             and (jobs.id is null or jobs.status not in ('queued', 'running'))
           or documents.status = 'published' and documents.work_id is null`,
      );
      return rows;
    },
    async rightful(ids) {
      const { rows } = await knex.raw(
        `select each.id from unnest(?::uuid[]) as each (id)
         where exists (select 1 from passages where passages.id = each.id)
           or exists (select 1 from staged_passages where staged_passages.id = each.id
             and exists (${ON_ITS_WAY} and status in ('queued', 'processing')))`,
        [[...ids]],
      );
      return new Set(rows.map((row: { id: string }) => row.id));
    },
    async passagesAfter(id, limit, workId) {
      const rows = knex('passages').orderBy('id').limit(limit).select('id', 'work_id', 'text');
      if (id !== undefined) rows.where('id', '>', id);
      if (workId !== undefined) rows.where({ work_id: workId });
      return (await rows).map((row) => ({ id: row.id, workId: row.work_id, text: row.text }));
    },
    async totals() {
      const { rows } = await knex.raw(
        `select (select count(*)::integer from works) as works,
           (select count(*)::integer from passages) as passages,
           (select count(*)::integer from documents) as documents,
           (select count(*)::integer from passage_readings) as readings`,
      );
      return rows[0];
    },
    async embeddedWorks(space) {
      const rows = await knex('work_vectors')
        .join('works', 'works.id', 'work_vectors.work_id')
        .where({ collection: space })
        .whereRaw('work_vectors.content_hash = works.content_hash')
        .select('work_id');
      return new Set(rows.map((row) => row.work_id));
    },
    async worksToTidy() {
      const { rows } = await knex.raw(
        `select distinct payload->>'workId' as id from jobs
         where kind = 'remove-vectors' and status in ('queued', 'running')`,
      );
      return rows.map(({ id }: { id: string }) => id);
    },
    async workIds() {
      return new Set((await knex('works').select('id')).map(({ id }) => id));
    },
  };
}
