import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../platform/database/row.ts';
import { createReadingStore } from './reading-store.ts';
import { replaceWork } from './replace-work.ts';
import type { Chapter, PreparedWork, RetiredPassage, StoredPassage, Work } from './work.ts';

export interface LibraryStore {
  works(): Promise<Work[]>;
  work(id: string): Promise<Work | undefined>;
  workBySlug(slug: string): Promise<Work | undefined>;
  chapters(workId: string): Promise<Chapter[]>;
  chapter(workId: string, id: string): Promise<Chapter | undefined>;
  passagesOfChapter(chapterId: string): Promise<StoredPassage[]>;
  passagesOfWork(workId: string): Promise<StoredPassage[]>;
  /** Those of chapters, some hundred at a time, so that a large work need not be held as rows. */
  slices(chapters: readonly Chapter[]): AsyncIterable<StoredPassage[]>;
  passage(id: string): Promise<StoredPassage | undefined>;
  retired(id: string): Promise<RetiredPassage | undefined>;
  /** Replaces a work by difference; must run in a transaction. */
  replace(prepared: PreparedWork): Promise<void>;
  /** Gives a work another hash, so that every process reads it anew; its vectors stay valid. */
  touch(workId: string): Promise<void>;
  /** The content for which a work's vectors are in a collection, if they are. */
  embeddedHash(workId: string, collection: string): Promise<string | undefined>;
  markEmbedded(workId: string, collection: string, contentHash: string): Promise<void>;
  forgetEmbedded(collection: string): Promise<void>;
  /** Some passages, always the same ones while the library is the same. */
  sample(size: number): Promise<{ id: string; text: string; translation: string | null }[]>;
  totals(): Promise<{ works: number; passages: number; characters: number }>;
}

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
    slices: (of) => slicesOf(knex, of),
    async passage(id) {
      const row = await passages().where({ id }).first();
      return row && fromRow<StoredPassage>(row);
    },
    async retired(id) {
      const row = await knex<RowOf<RetiredPassage>>('retired_passages')
        .where({ id })
        .first('id', 'work_id', 'chapter_title', 'text');
      return row && fromRow<RetiredPassage>(row);
    },
    replace: (prepared) => replaceWork(knex, prepared),
    async touch(workId) {
      const [work] = await knex('works').where({ id: workId }).forUpdate().select('content_hash');
      if (!work) return;
      const { content_hash: before } = work;
      const after = createHash('sha256').update(`${before} read again`).digest('hex');
      await knex('works').where({ id: workId }).update({ content_hash: after });
      await knex('work_vectors')
        .where({ work_id: workId, content_hash: before })
        .update({ content_hash: after });
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
    async sample(size) {
      const rows = await passages().orderByRaw('md5(id::text)').limit(size).select('id', 'text');
      const readings = await createReadingStore(knex).ofPassages(rows.map(({ id }) => id));
      return rows.map(({ id, text }) => ({
        ...{ id, text },
        translation: readings.get(id)?.translation ?? null,
      }));
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

/** About so many passages come at a time. */
const SLICE = 500;

async function* slicesOf(
  knex: Knex,
  chapters: readonly Chapter[],
): AsyncGenerator<StoredPassage[]> {
  let ids: string[] = [];
  let size = 0;
  for (const { id, passageCount } of chapters) {
    if (passageCount > SLICE) {
      if (ids.length > 0) yield await passagesOfChapters(knex, ids);
      [ids, size] = [[], 0];
      yield* partsOfChapter(knex, id);
      continue;
    }
    ids.push(id);
    size += passageCount;
    if (size < SLICE) continue;
    yield await passagesOfChapters(knex, ids);
    [ids, size] = [[], 0];
  }
  if (ids.length > 0) yield await passagesOfChapters(knex, ids);
}

async function passagesOfChapters(knex: Knex, ids: string[]): Promise<StoredPassage[]> {
  const rows = await knex<RowOf<StoredPassage>>('passages').whereIn('chapter_id', ids);
  const order = new Map(ids.map((id, at) => [id, at]));
  const placeOf = ({ chapterId }: StoredPassage) => order.get(chapterId) ?? 0;
  return rows.map(fromRow<StoredPassage>).sort((a, b) => placeOf(a) - placeOf(b) || a.n - b.n);
}

async function* partsOfChapter(knex: Knex, id: string): AsyncGenerator<StoredPassage[]> {
  for (let after = 0; ; ) {
    const rows = await knex<RowOf<StoredPassage>>('passages')
      .where({ chapter_id: id })
      .where('n', '>', after)
      .orderBy('n')
      .limit(SLICE);
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(fromRow<StoredPassage>);
    after = last.n;
  }
}
