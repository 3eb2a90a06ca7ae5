import type { Knex } from 'knex';

/**
 * What was written of a passage that is gone, and did not come in the file, goes to one of the same text
 * in the same work of which nobody has written: a chapter of it is headed otherwise now. Must run in the
 * transaction that publishes, when the passages are there.
 */
export async function inheritReadings(knex: Knex, workId: string): Promise<void> {
  await knex.raw(
    `with gone as (
       select passage_id, source, text_hash,
         row_number() over (partition by source, text_hash order by passage_id) as nth
       from passage_readings each where work_id = ? and source <> 'document'
         and not exists (select 1 from passages where id = each.passage_id)
     ), heirs as (
       select passages.id, wanted.source, wanted.text_hash,
         row_number() over (partition by wanted.source, wanted.text_hash
           order by chapters.n, passages.n) as nth
       from (select distinct source, text_hash from gone) as wanted
         join passages on passages.work_id = ? and passages.text_hash = wanted.text_hash
         join chapters on chapters.id = passages.chapter_id
       where not exists (select 1 from passage_readings own
         where own.passage_id = passages.id and own.source = wanted.source)
     )
     update passage_readings as kept set passage_id = heirs.id
     from gone join heirs using (source, text_hash, nth)
     where (kept.passage_id, kept.source) = (gone.passage_id, gone.source)`,
    [workId, workId],
  );
}
