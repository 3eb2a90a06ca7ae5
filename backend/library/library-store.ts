import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../platform/database/row.ts';
import type { Chapter, PreparedWork, StoredPassage, Work } from './work.ts';

export interface LibraryStore {
  works(): Promise<Work[]>;
  work(id: string): Promise<Work | undefined>;
  workBySlug(slug: string): Promise<Work | undefined>;
  chapters(workId: string): Promise<Chapter[]>;
  chapter(workId: string, id: string): Promise<Chapter | undefined>;
  passagesOfChapter(chapterId: string): Promise<StoredPassage[]>;
  passagesOfWork(workId: string): Promise<StoredPassage[]>;
  passage(id: string): Promise<StoredPassage | undefined>;
  /** Replaces a work as a whole; must run in a transaction. */
  replace(prepared: PreparedWork): Promise<void>;
  /** The content for which a work's vectors are in a collection, if they are. */
  embeddedHash(workId: string, collection: string): Promise<string | undefined>;
  markEmbedded(workId: string, collection: string, contentHash: string): Promise<void>;
  forgetEmbedded(collection: string): Promise<void>;
  totals(): Promise<{ works: number; passages: number; characters: number }>;
}

/** Rows of one insert; PostgreSQL takes at most 65,535 parameters. */
const BATCH = 1_000;

export function createLibraryStore(knex: Knex): LibraryStore {
  const works = () => knex<RowOf<Work>>('works');
  const chapters = () => knex<RowOf<Chapter>>('chapters');
  const passages = () => knex<RowOf<StoredPassage>>('passages');
  return {
    async works() {
      return (await works().orderBy(['position', 'id'])).map(fromRow<Work>);
    },
    async work(id) {
      const row = await works().where({ id }).first();
      return row && fromRow<Work>(row);
    },
    async workBySlug(slug) {
      const row = await works().where({ slug }).first();
      return row && fromRow<Work>(row);
    },
    async chapters(workId) {
      return (await chapters().where({ work_id: workId }).orderBy('n')).map(fromRow<Chapter>);
    },
    async chapter(workId, id) {
      const row = await chapters().where({ id, work_id: workId }).first();
      return row && fromRow<Chapter>(row);
    },
    async passagesOfChapter(chapterId) {
      const rows = await passages().where({ chapter_id: chapterId }).orderBy('n');
      return rows.map(fromRow<StoredPassage>);
    },
    async passagesOfWork(workId) {
      const rows = await passages()
        .join('chapters', 'chapters.id', 'passages.chapter_id')
        .where({ 'passages.work_id': workId })
        .orderBy([{ column: 'chapters.n' }, { column: 'passages.n' }])
        .select('passages.*');
      return rows.map(fromRow<StoredPassage>);
    },
    async passage(id) {
      const row = await passages().where({ id }).first();
      return row && fromRow<StoredPassage>(row);
    },
    async replace(prepared) {
      const row = toRow(prepared.work);
      await knex('works')
        .insert(row)
        .onConflict('id')
        .merge({ ...row, updated_at: knex.fn.now() });
      await knex('chapters').where({ work_id: prepared.work.id }).delete();
      await knex.batchInsert('chapters', prepared.chapters.map(toRow), BATCH);
      await knex.batchInsert('passages', prepared.passages.map(toRow), BATCH);
    },
    async embeddedHash(workId, collection) {
      const row = await knex('work_vectors').where({ work_id: workId, collection }).first();
      return row?.content_hash;
    },
    async markEmbedded(workId, collection, contentHash) {
      const row = { work_id: workId, collection, content_hash: contentHash };
      await knex('work_vectors').insert(row).onConflict(['work_id', 'collection']).merge();
    },
    async forgetEmbedded(collection) {
      await knex('work_vectors').where({ collection }).delete();
    },
    async totals() {
      const [row] = await knex('works')
        .count({ works: '*' })
        .sum({ passages: 'passage_count', characters: 'character_count' });
      return {
        works: Number(row?.works ?? 0),
        passages: Number(row?.passages ?? 0),
        characters: Number(row?.characters ?? 0),
      };
    },
  };
}
