import type { Knex } from 'knex';
import { fromRow } from '../platform/database/row.ts';
import type { Document, Duplicates } from './document.ts';
import { findDuplicates } from './find-duplicates.ts';
import type {
  DocumentReport,
  ParsedBatch,
  ParsedChapter,
  ParsedPassage,
} from './parsing/parsed-document.ts';
import { findSameWork } from './same-work.ts';
import { type Run, Superseded } from './staged.ts';
import { chaptersAsJson, passagesAsJson, storable } from './staged-json.ts';

export interface Found {
  report: DocumentReport;
  shownHash: string;
  duplicates: Duplicates;
}

type Within = Pick<Document, 'id' | 'version'>;

/**
 * What was found in a document, on its way into the library. Everything that writes does so for a run
 * and throws {@link Superseded} when another has taken its place.
 */
export interface StagingStore {
  /** Takes the document over for this run. */
  begin(run: Run): Promise<void>;
  /** Throws unless the run is still the one; held until the transaction ends. */
  hold(run: Run): Promise<void>;
  /** What is there already, from a run that died, is not written again. */
  add(run: Run, batch: ParsedBatch): Promise<void>;
  forgetChapters(run: Run): Promise<void>;
  /** What an older run left behind the last place; `last` is 0 for none. */
  cutAfter(run: Run, last: number): Promise<void>;
  /** How many of these hashes are those of texts that are staged. */
  countKnown(within: Within, textHashes: readonly string[]): Promise<number>;
  /** How many passages are staged. */
  count(run: Run): Promise<number>;
  /** Until the end of the transaction: a big document takes longer than any question may. */
  withoutTimeout(): Promise<void>;
  /** How much of what is staged stands in other works, or twice in itself; `workId` is its own. */
  duplicates(run: Run, workId: string): Promise<Omit<Duplicates, 'document' | 'work'>>;
  /** The work that says the same as all that is staged; `workId` is its own. */
  sameWork(run: Run, workId: string, report: DocumentReport): Promise<Duplicates['work']>;
  /** The next passages to be embedded; those that the library has as they are, only if `all`. */
  passagesAfter(
    run: Run,
    place: number,
    limit: number,
    all: boolean,
  ): Promise<{ place: number; id: string; text: string }[]>;
  noteFound(run: Run, found: Found): Promise<void>;
  noteEmbedded(run: Run, space: string, place: number): Promise<void>;
  /** The spaces in which a work is as the library has it. */
  spacesOf(workId: string): Promise<string[]>;
  /** What is staged is in the library by now. */
  clear(run: Run): Promise<void>;
  chapters(within: Within, after: number, limit: number): Promise<ParsedChapter[]>;
  chapter(within: Within, ordinal: number): Promise<ParsedChapter | undefined>;
  /** The first words of the chapters found, of those that are asked for. */
  openings(
    within: Within,
    by: 'ordinal' | 'opening',
    among: readonly (number | string)[],
  ): Promise<{ ordinal: number; opening: string }[]>;
  hasChapterBeside(within: Within, ordinals: readonly number[]): Promise<boolean>;
  /** Of a chapter, staged or, where they are no longer, published. */
  passagesOfChapter(within: Within, chapterId: string, limit: number): Promise<ParsedPassage[]>;
}

export function createStagingStore(knex: Knex): StagingStore {
  const keyOf = ({ documentId, version }: Run) => ({ document_id: documentId, version });
  /** Holds the document against whoever would take it over, for the length of the statement. */
  const MINE = `mine as (select 1 from documents where id = ? and run_id = ? for share)`;
  const mine = ({ documentId, runId }: Run) => [documentId, runId];

  async function hold({ documentId, runId }: Run): Promise<void> {
    const row = await knex('documents')
      .where({ id: documentId, run_id: runId })
      .forUpdate()
      .first();
    if (!row) throw new Superseded('another works on the document');
  }

  return {
    async begin({ documentId, runId }) {
      await knex('documents')
        .where({ id: documentId })
        .update({ run_id: runId, status: 'processing', error: null });
    },
    hold,
    async add(run, { chapters, passages }) {
      const { rows } = await knex.raw(
        `with ${MINE}, chapters as (
           insert into staged_chapters
           select ?::uuid, ?::integer, each.*
           from mine, jsonb_to_recordset(?::jsonb) as each (
             ordinal integer, id uuid, n integer, title text, author text, dynasty text, form text,
             passage_count integer, character_count integer, opening text, skipped boolean)
           on conflict (document_id, version, ordinal) do update set
             id = excluded.id, n = excluded.n, title = excluded.title, author = excluded.author,
             dynasty = excluded.dynasty, form = excluded.form, skipped = excluded.skipped,
             passage_count = excluded.passage_count, opening = excluded.opening,
             character_count = excluded.character_count
         ), passages as (
           insert into staged_passages as kept
           select ?::uuid, ?::integer, each.*
           from mine, jsonb_to_recordset(?::jsonb) as each (
             place integer, id uuid, chapter_id uuid, n integer, text text, translation text,
             text_hash text)
           on conflict (document_id, version, place) do update set
             id = excluded.id, chapter_id = excluded.chapter_id, n = excluded.n,
             text = excluded.text, translation = excluded.translation,
             text_hash = excluded.text_hash
           where (kept.id, kept.n, kept.text) is distinct from (excluded.id, excluded.n, excluded.text)
             or kept.translation is distinct from excluded.translation
         )
         select 1 from mine`,
        [
          ...[...mine(run), run.documentId, run.version, chaptersAsJson(chapters)],
          ...[run.documentId, run.version, passagesAsJson(passages)],
        ],
      );
      if (rows.length === 0) throw new Superseded('another works on the document');
    },
    async forgetChapters(run) {
      await knex('staged_chapters').where(keyOf(run)).delete();
    },
    async cutAfter(run, last) {
      await knex('staged_passages').where(keyOf(run)).where('place', '>', last).delete();
    },
    async count(run) {
      const [row] = await knex('staged_passages').where(keyOf(run)).count({ count: '*' });
      return Number(row?.count ?? 0);
    },
    async countKnown({ id, version }, textHashes) {
      const [row] = await knex('staged_passages')
        .where({ document_id: id, version })
        .whereRaw('text_hash = any(?)', [[...textHashes]])
        .countDistinct({ count: 'text_hash' });
      return Number(row?.count ?? 0);
    },
    async withoutTimeout() {
      await knex.raw('set local statement_timeout = 0');
    },
    duplicates: (run, workId) => findDuplicates(knex, run, workId),
    sameWork: (run, workId, report) => findSameWork(knex, run, workId, report),
    async passagesAfter(run, place, limit, all) {
      const rows = knex('staged_passages as staged')
        .where(keyOf(run))
        .where('place', '>', place)
        .orderBy('place')
        .limit(limit)
        .select('place', 'id', 'text');
      if (!all) {
        rows.whereRaw(
          'not exists (select 1 from passages where id = staged.id and text = staged.text)',
        );
      }
      return rows;
    },
    async noteFound(run, { report, shownHash, duplicates }) {
      await knex('document_versions')
        .where(keyOf(run))
        .update({
          report: storable(report),
          duplicates: storable(duplicates),
          encoding: report.encoding,
          content_hash: report.contentHash,
          shown_hash: shownHash,
          chapter_count: report.chapters,
          passage_count: report.passages,
          character_count: report.characters,
        });
    },
    async noteEmbedded(run, space, place) {
      const { rows } = await knex.raw(
        `with ${MINE}
         update document_versions set embedded = embedded || jsonb_build_object(?::text, ?::integer)
         from mine where document_id = ? and version = ? returning 1`,
        [...mine(run), space, place, run.documentId, run.version],
      );
      if (rows.length === 0) throw new Superseded('another works on the document');
    },
    async spacesOf(workId) {
      const rows = await knex('work_vectors')
        .join('works', 'works.id', 'work_vectors.work_id')
        .where({ work_id: workId })
        .whereRaw('work_vectors.content_hash = works.content_hash')
        .select('collection');
      return rows.map(({ collection }) => collection);
    },
    async clear(run) {
      await knex('staged_passages').where(keyOf(run)).delete();
    },
    async chapters({ id, version }, after, limit) {
      const rows = await knex('staged_chapters')
        .where({ document_id: id, version })
        .where('ordinal', '>', after)
        .orderBy('ordinal')
        .limit(limit);
      return rows.map(fromRow<ParsedChapter>);
    },
    async chapter({ id, version }, ordinal) {
      const row = await knex('staged_chapters')
        .where({ document_id: id, version, ordinal })
        .first();
      return row && fromRow<ParsedChapter>(row);
    },
    openings: ({ id, version }, by, among) =>
      knex('staged_chapters')
        .where({ document_id: id, version })
        .whereIn(by, [...among])
        .select('ordinal', 'opening'),
    async hasChapterBeside({ id, version }, ordinals) {
      const chapters = knex('staged_chapters').where({ document_id: id, version });
      return (await chapters.whereNotIn('ordinal', [...ordinals]).first('ordinal')) !== undefined;
    },
    async passagesOfChapter({ id, version }, chapterId, limit) {
      const rows = await knex('staged_passages')
        .where({ document_id: id, version, chapter_id: chapterId })
        .orderBy('place')
        .limit(limit);
      if (rows.length > 0) return rows.map(fromRow<ParsedPassage>);
      const published = await knex('passages')
        .leftJoin('passage_readings', (join) =>
          join.on('passage_id', 'passages.id').andOnVal('source', 'document'),
        )
        .where({ chapter_id: chapterId })
        .orderBy('n')
        .limit(limit)
        .select('passages.*', 'translation');
      return published.map((row, place) => fromRow<ParsedPassage>({ ...row, place }));
    },
  };
}
