import type { Knex } from 'knex';
import { toRow } from '../platform/database/row.ts';
import { createReadingStore } from './reading-store.ts';
import type { Chapter, PreparedWork, StoredPassage } from './work.ts';

/** Rows of one statement. */
const BATCH = 1_000;

/**
 * Puts a work in the place of what it was before, by difference: what is as it was is not touched,
 * with whatever hangs on it; what is no longer there is retired, so that citations of it still open.
 * Must run in a transaction.
 */
export async function replaceWork(knex: Knex, prepared: PreparedWork): Promise<void> {
  const { work, chapters, passages, readings } = prepared;
  const row = toRow(work);
  await knex('works')
    .insert(row)
    .onConflict('id')
    .merge({ ...row, updated_at: knex.fn.now() });
  await retire(knex, work.id, new Set(passages.map(({ id }) => id)));
  for (const batch of batches(chapters)) await putChapters(knex, batch);
  for (const batch of batches(passages)) await putPassages(knex, batch);
  await knex('chapters')
    .where({ work_id: work.id })
    .whereRaw('not id = any(?::uuid[])', [chapters.map(({ id }) => id)])
    .delete();
  await createReadingStore(knex).replace(work.id, 'editorial', readings);
}

async function retire(knex: Knex, workId: string, kept: ReadonlySet<string>): Promise<void> {
  const rows = await knex('passages').where({ work_id: workId }).select('id');
  const gone = rows.map(({ id }) => id).filter((id) => !kept.has(id));
  await knex.raw(
    `insert into retired_passages (id, work_id, chapter_title, text)
     select passages.id, passages.work_id, chapters.title, passages.text
     from passages join chapters on chapters.id = chapter_id where passages.id = any(?::uuid[])
     on conflict (id) do update
       set chapter_title = excluded.chapter_title, text = excluded.text, retired_at = now()`,
    [gone],
  );
  await knex.raw('delete from passages where id = any(?::uuid[])', [gone]);
  await knex.raw('delete from passage_readings where passage_id = any(?::uuid[])', [gone]);
  await knex.raw('delete from retired_passages where work_id = ? and id = any(?::uuid[])', [
    workId,
    [...kept],
  ]);
}

function putChapters(knex: Knex, chapters: readonly Chapter[]): Promise<unknown> {
  return knex('chapters').insert(chapters.map(toRow)).onConflict('id').merge();
}

async function putPassages(knex: Knex, passages: readonly StoredPassage[]): Promise<void> {
  await knex.raw(
    `insert into passages as kept (id, work_id, chapter_id, n, text, text_hash)
     select id, work_id, chapter_id, n, text, text_hash
     from jsonb_to_recordset(?::jsonb) as each (
       id uuid, work_id uuid, chapter_id uuid, n integer, text text, text_hash text)
     on conflict (id) do update set chapter_id = excluded.chapter_id, n = excluded.n,
       text = excluded.text, text_hash = excluded.text_hash
     where (kept.chapter_id, kept.n, kept.text, kept.text_hash) is distinct from
       (excluded.chapter_id, excluded.n, excluded.text, excluded.text_hash)`,
    [JSON.stringify(passages.map(toRow))],
  );
}

function batches<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
    items.slice(at * BATCH, (at + 1) * BATCH),
  );
}
