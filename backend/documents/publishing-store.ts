import { setImmediate as breathe } from 'node:timers/promises';
import type { Knex } from 'knex';
import { type Document, FIRST_POSITION, slugOf } from './document.ts';
import { inheritReadings } from './inherit-readings.ts';

export interface PublishedWork {
  id: string;
  contentHash: string;
}

/**
 * Moves what is staged into the library, by difference: what has not changed is not touched, what is
 * no longer there is retired, so that citations of it can still be opened. Must run in a transaction.
 */
export interface PublishingStore {
  publish(document: Document, work: PublishedWork): Promise<void>;
  /** Another name, another shelf; the text and its vectors stay what they are. */
  rename(document: Document, work: PublishedWork): Promise<void>;
  /** In which spaces a work is, as it is now; in no other, whatever was noted before. */
  noteEmbedded(work: PublishedWork, spaces: readonly string[]): Promise<void>;
  /** Takes the work with all its passages out of the library. */
  withdraw(workId: string): Promise<void>;
}

type Move = (document: Document, workId: string) => Promise<void>;

export function createPublishingStore(knex: Knex): PublishingStore {
  const steps = [retirePassages(knex), moveChapters(knex), movePassages(knex), moveReadings(knex)];
  return {
    async publish(document, work) {
      // A big document takes longer than any question may.
      await knex.raw('set local statement_timeout = 0');
      await putWork(knex, document, work);
      for (const step of steps) await step(document, work.id);
    },
    async rename({ title, author, dynasty, category }, { id, contentHash }) {
      const [before] = await knex('works')
        .where({ id })
        .select('author', 'dynasty', 'content_hash');
      await knex('works')
        .where({ id })
        .update({
          ...{ title, author, dynasty, category, content_hash: contentHash },
          updated_at: knex.fn.now(),
        });
      // Chapters have it as well; only those of somebody else keep what they have.
      for (const [column, name] of Object.entries({ author, dynasty })) {
        await knex('chapters')
          .where({ work_id: id })
          .whereRaw('?? is not distinct from ?', [column, before?.[column] ?? null])
          .update({ [column]: name });
      }
      await knex('work_vectors')
        .where({ work_id: id, content_hash: before?.content_hash })
        .update({ content_hash: contentHash });
    },
    async noteEmbedded({ id, contentHash }, spaces) {
      await knex('work_vectors').where({ work_id: id }).delete();
      for (const collection of spaces) {
        await knex('work_vectors').insert({ work_id: id, collection, content_hash: contentHash });
      }
    },
    async withdraw(workId) {
      await knex.raw('set local statement_timeout = 0');
      await knex('works').where({ id: workId }).delete();
    },
  };
}

async function putWork(knex: Knex, document: Document, work: PublishedWork): Promise<void> {
  const { title, author, dynasty, category } = document;
  const row = {
    ...{ title, author, dynasty, category, content_hash: work.contentHash },
    chapter_count: document.chapterCount,
    passage_count: document.passageCount,
    character_count: document.characterCount,
  };
  const changed = await knex('works')
    .where({ id: work.id })
    .update({ ...row, updated_at: knex.fn.now() });
  if (changed > 0) return;
  const [last] = await knex('works').max({ position: 'position' });
  await knex('works').insert({
    ...{ id: work.id, slug: slugOf(document.id), aliases: '[]', ...row },
    position: Math.max(FIRST_POSITION, Number(last?.position ?? 0) + 1),
  });
}

/**
 * Sets are compared as sets: right after a large document has been staged the database does not yet know how
 * large it is, and would look through all of it again for each row.
 */
const STAGED = 'select id from staged_passages where document_id = ? and version = ?';
const STAGED_CHAPTERS =
  'select id from staged_chapters where document_id = ? and version = ? and not skipped';

function retirePassages(knex: Knex): Move {
  return async ({ id, version }, workId) => {
    await knex.raw(
      `with gone as (
         delete from passages
         where id in (select id from passages where work_id = ? except ${STAGED})
         returning id, chapter_id, text
       )
       insert into retired_passages (id, work_id, chapter_title, text)
       select gone.id, ?, chapters.title, gone.text
       from gone join chapters on chapters.id = gone.chapter_id
       on conflict (id) do update
         set chapter_title = excluded.chapter_title, text = excluded.text, retired_at = now()`,
      [workId, id, version, workId],
    );
    await knex.raw(
      `delete from retired_passages where id in (
         select id from retired_passages where work_id = ? intersect ${STAGED})`,
      [workId, id, version],
    );
  };
}

function moveChapters(knex: Knex): Move {
  return async ({ id, version }, workId) => {
    await knex.raw(
      `insert into chapters (id, work_id, n, title, author, dynasty, passage_count)
       select id, ?, n, title, author, dynasty, passage_count
       from staged_chapters where document_id = ? and version = ? and not skipped
       on conflict (id) do update set n = excluded.n, title = excluded.title,
         author = excluded.author, dynasty = excluded.dynasty, passage_count = excluded.passage_count`,
      [workId, id, version],
    );
  };
}

/** Rows of one statement: while the embedded database runs it, nothing else in the process does. */
const SLICE = 1_000;

/** Does what takes a while row by row with some of what is staged after the other. */
async function inSlices(
  knex: Knex,
  { id, version }: Document,
  move: (places: readonly [after: number, last: number]) => Promise<unknown>,
): Promise<void> {
  const staged = knex('staged_passages').where({ document_id: id, version });
  const [found] = await staged.max({ last: 'place' });
  for (let after = 0; after < Number(found?.last ?? 0); after += SLICE) {
    await move([after, after + SLICE]);
    await breathe();
  }
}

/** Chapters that are gone go last: whatever moved to another chapter is there by then. */
function movePassages(knex: Knex): Move {
  return async (document, workId) => {
    const { id, version } = document;
    await inSlices(knex, document, (places) =>
      knex.raw(
        `insert into passages as kept (id, work_id, chapter_id, n, text, text_hash)
       select id, ?, chapter_id, n, text, text_hash
       from staged_passages where document_id = ? and version = ? and place > ? and place <= ?
       on conflict (id) do update set chapter_id = excluded.chapter_id, n = excluded.n,
         text = excluded.text, text_hash = excluded.text_hash
       where (kept.chapter_id, kept.n, kept.text) is distinct from
         (excluded.chapter_id, excluded.n, excluded.text) or kept.text_hash is null`,
        [workId, id, version, ...places],
      ),
    );
    await knex.raw(
      `delete from chapters where id in (
         select id from chapters where work_id = ? except ${STAGED_CHAPTERS})`,
      [workId, id, version],
    );
  };
}

/** The translations that came with the text; readings by others stay while their passage does. */
function moveReadings(knex: Knex): Move {
  return async (document, workId) => {
    const { id, version } = document;
    await inheritReadings(knex, workId);
    await knex.raw(
      `delete from passage_readings where work_id = ? and (
         not exists (select 1 from passages where id = passage_id) or
         source = 'document' and passage_id in (
           select passage_id from passage_readings where work_id = ? and source = 'document'
           except ${STAGED} and translation is not null))`,
      [workId, workId, id, version],
    );
    if (document.report?.translated === 0) return;
    await inSlices(knex, document, (places) =>
      knex.raw(
        `insert into passage_readings as kept (passage_id, work_id, source, text_hash, translation)
       select id, ?, 'document', text_hash, translation
       from staged_passages where document_id = ? and version = ? and translation is not null
         and place > ? and place <= ?
       on conflict (passage_id, source) do update
         set text_hash = excluded.text_hash, translation = excluded.translation
         where (kept.text_hash, kept.translation) is distinct from
           (excluded.text_hash, excluded.translation)`,
        [workId, id, version, ...places],
      ),
    );
  };
}
