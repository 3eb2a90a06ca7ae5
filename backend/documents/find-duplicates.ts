import type { Knex } from 'knex';
import type { Duplicates } from './document.ts';
import type { Run } from './staged.ts';

/** Shorter ones come again in many a book: 子曰, and titles of music. */
const FEWEST_HAN = 8;
const NO_HAN = '[^㐀-鿿豈-﫿\u{20000}-\u{323af}]';
const MOST_EXAMPLES = 5;
/** Characters of each. */
const EXAMPLE = 40;

/** Passages of what is staged that are elsewhere too, by the hash of their folded text. */
export async function findDuplicates(
  knex: Knex,
  run: Run,
  workId: string,
): Promise<Omit<Duplicates, 'document' | 'work'>> {
  const others = await inOtherWorks(knex, run, workId);
  const [repeated, former] = [await inItself(knex, run), await inFormer(knex, run, workId)];
  return { ...others, repeated, former };
}

async function inOtherWorks(knex: Knex, run: Run, workId: string) {
  const { rows } = await knex.raw(
    `with held as (
       select distinct staged.place, passages.work_id
       from staged_passages staged join passages using (text_hash)
       where staged.document_id = ? and staged.version = ? and passages.work_id <> ?
     )
     select works.id, works.title, count(*)::integer as passages,
       (select count(distinct place)::integer from held) as total
     from held join works on works.id = held.work_id
     group by works.id, works.title order by 3 desc, works.id limit 10`,
    [run.documentId, run.version, workId],
  );
  const works = rows.map((row: { id: string; title: string; passages: number }) => ({
    workId: row.id,
    title: row.title,
    passages: row.passages,
  }));
  return { passages: rows[0]?.total ?? 0, works };
}

async function inItself(knex: Knex, run: Run): Promise<Duplicates['repeated']> {
  const { rows } = await knex.raw(
    `with texts as (
       select (array_agg(text order by place))[1] as text, min(place) as place,
         count(*)::integer - 1 as again
       from staged_passages where document_id = ? and version = ?
       group by text_hash having count(*) > 1
     )
     select left(translate(text, chr(10), ' '), ?) as text, (sum(again) over ())::integer as count from texts
     where length(regexp_replace(text, ?, '', 'g')) >= ? order by place limit ?`,
    [run.documentId, run.version, EXAMPLE, NO_HAN, FEWEST_HAN, MOST_EXAMPLES],
  );
  const examples = rows.map(({ text }: { text: string }) => text);
  return { count: rows[0]?.count ?? 0, examples };
}

async function inFormer(knex: Knex, run: Run, workId: string): Promise<Duplicates['former']> {
  const [former] = await knex('passages')
    .where({ work_id: workId })
    .select(
      knex.raw('count(*)::integer as passages'),
      knex.raw(
        `(select count(*)::integer from staged_passages staged
          where staged.document_id = ? and staged.version = ? and exists (
            select 1 from passages kept
            where kept.work_id = ? and kept.text_hash = staged.text_hash)) as kept`,
        [run.documentId, run.version, workId],
      ),
    );
  return former.passages > 0 ? former : null;
}
