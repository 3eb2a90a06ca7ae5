import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../platform/database/row.ts';
import type { Document, DocumentNames, VersionPurpose } from './document.ts';
import type { KeptCorrections } from './kept-corrections.ts';

export interface NewVersion extends DocumentNames {
  fileId: string;
  purpose: VersionPurpose;
  readTitle: string;
  uploadedTitle: string | null;
  uploadedAuthor: string | null;
  keepsTwin: boolean;
  corrections: KeptCorrections;
}

export interface DocumentFilter {
  status?: Document['status'] | undefined;
  q?: string | undefined;
}

/** What changes in the life of a document, beside its versions. */
export type DocumentChange = Partial<Pick<Document, 'status' | 'jobId' | 'error'>>;

export interface DocumentStore {
  /** Uploads are taken in one after the other until the end of the transaction. */
  lockUploads(): Promise<void>;
  byId(id: string): Promise<Document | undefined>;
  /** The same, held until the transaction ends. */
  lock(id: string): Promise<Document | undefined>;
  /** The document that is there for one which turned out to have the same text. */
  aliasOf(id: string): Promise<string | undefined>;
  byFileHash(hash: string): Promise<Document | undefined>;
  /** By what readers tell works apart by; one in the library comes first. */
  byNames(title: string, author: string | null): Promise<Document | undefined>;
  /** The only one that is, was or came called so, or whose file is; those in the library come first. */
  byAnyName(title: string, author: string | null): Promise<Document | undefined>;
  /**
   * Where what is shown is the same and is or is being published: another document, or this one itself
   * in its published version.
   */
  twinOf(
    document: { id: string; version: number },
    contentHash: string,
  ): Promise<string | undefined>;
  /** Of those that are there, also under the ids of their aliases. */
  titles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Newest first. */
  list(
    filter: DocumentFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Document[]>;
  /** A document without a version; the next call adds it. */
  insert(id: string, createdBy: string | null): Promise<void>;
  /** Makes the next version the one that is shown; one that was never published goes. */
  addVersion(document: { id: string }, version: NewVersion): Promise<number>;
  change(id: string, change: DocumentChange): Promise<void>;
  /** Somebody has said that this version is meant to be what it is. */
  confirm(id: string, version: number): Promise<void>;
  correct(id: string, version: number, corrections: KeptCorrections): Promise<void>;
  rename(id: string, version: number, names: Partial<DocumentNames>): Promise<void>;
  /** The end of a run, well or badly. */
  stop(id: string, status: 'preview' | 'failed' | 'cancelled', error: string | null): Promise<void>;
  /** It is in the library; versions before it are forgotten. Must run in a transaction. */
  markPublished(id: string, version: number, workId: string): Promise<void>;
  /** Gives up what was to take the place of a published version. */
  revert(id: string, publishedVersion: number): Promise<void>;
  /** Leaves another in its place under its id, for who follows the upload. */
  replaceByAlias(id: string, twinId: string): Promise<void>;
  delete(id: string): Promise<void>;
}

const COLUMNS = [
  'documents.*',
  ...[
    'file_id',
    'purpose',
    'read_title',
    'uploaded_title',
    'uploaded_author',
    'keeps_twin',
    'title',
    'author',
    'dynasty',
    'category',
    'form',
  ],
  ...['corrections', 'encoding', 'content_hash', 'shown_hash', 'report', 'duplicates'],
  ...['chapter_count', 'passage_count', 'character_count', 'embedded'],
  ...['document_files.name as file_name', 'document_files.format', 'document_files.byte_size'],
  'document_files.hash as file_hash',
];
/** Any number, the same in every process. */
const UPLOAD_LOCK = 6_201_453;

export function createDocumentStore(knex: Knex): DocumentStore {
  const documents = () =>
    knex('documents')
      .join('document_versions', (join) =>
        join
          .on('document_versions.document_id', 'documents.id')
          .andOn('document_versions.version', 'documents.version'),
      )
      .join('document_files', 'document_files.id', 'document_versions.file_id')
      .select(COLUMNS);
  const toDocument = (row: RowOf<Document> | undefined) => row && fromRow<Document>(row);
  const touched = { updated_at: knex.raw('clock_timestamp()') };

  /** Forgets other versions, with what is staged of them and files that nobody else needs. */
  async function keepOnly(id: string, versions: readonly number[]): Promise<void> {
    const others = (table: string) =>
      knex(table)
        .where({ document_id: id })
        .whereNotIn('version', [...versions]);
    await others('staged_passages').delete();
    const rows = await others('document_versions').delete().returning('file_id');
    const files = rows.map((row) => row.file_id);
    const needed = knex('document_versions').whereIn('file_id', files).select('file_id');
    await knex('document_files').whereIn('id', files).whereNotIn('id', needed).delete();
  }

  return {
    async lockUploads() {
      await knex.raw('select pg_advisory_xact_lock(?)', [UPLOAD_LOCK]);
    },
    async byId(id) {
      return toDocument(await documents().where({ 'documents.id': id }).first());
    },
    async lock(id) {
      await knex('documents').where({ id }).forUpdate().select('id');
      return toDocument(await documents().where({ 'documents.id': id }).first());
    },
    async aliasOf(id) {
      return (await knex('document_aliases').where({ id }).first())?.document_id;
    },
    async byFileHash(hash) {
      const rows = documents().where({ 'document_files.hash': hash });
      return toDocument(await rows.orderBy('documents.created_at').first());
    },
    async byNames(title, author) {
      const rows = documents()
        .where({ title })
        .whereRaw('author is not distinct from ?', [author])
        .orderByRaw(`published_version is null, documents.created_at desc`);
      return toDocument(await rows.first());
    },
    async byAnyName(title, author) {
      const rows = await documents()
        .whereRaw(
          `? in (title, read_title, uploaded_title, regexp_replace(document_files.name, '[.][^.]*$', ''))`,
          [title],
        )
        .whereRaw('(?::text is null or ? in (author, uploaded_author))', [author, author])
        .orderByRaw('published_version is null')
        .limit(2);
      const [first, second] = rows.map((row: RowOf<Document>) => fromRow<Document>(row));
      const isAlone =
        !second || (first?.publishedVersion !== null && second.publishedVersion === null);
      return isAlone ? first : undefined;
    },
    async twinOf({ id, version }, contentHash) {
      const { rows } = await knex.raw(
        `select documents.id from documents join document_versions each on each.document_id = documents.id
         where each.content_hash = ?
           and (documents.id, each.version) is distinct from (?::uuid, ?::integer)
           and (each.version = documents.published_version or each.version = documents.version
             and documents.status in ('queued', 'processing'))
         order by documents.id = ? desc, documents.created_at limit 1`,
        [contentHash, id, version, id],
      );
      return rows[0]?.id;
    },
    async titles(ids) {
      const { rows } = await knex.raw(
        `with asked as (
           select id, id as document_id from documents
           union all select id, document_id from document_aliases
         )
         select asked.id, title from asked join documents on documents.id = document_id
         join document_versions each using (document_id, version) where asked.id = any (?)`,
        [[...ids]],
      );
      return new Map(rows.map((row: { id: string; title: string }) => [row.id, row.title]));
    },
    async list({ status, q }, { limit, before }) {
      const rows = documents()
        .orderByRaw('documents.created_at desc, documents.id desc')
        .limit(limit);
      if (status !== undefined) rows.where({ status });
      // A preview is nothing yet; that of another version is about something that is there.
      else rows.whereRaw(`(status <> 'preview' or published_version is not null)`);
      if (q) {
        rows.whereRaw(
          `(strpos(lower(title), lower(?)) > 0 or strpos(lower(author), lower(?)) > 0
            or strpos(lower(document_files.name), lower(?)) > 0)`,
          [q, q, q],
        );
      }
      if (before) {
        rows.whereRaw('(documents.created_at, documents.id) < (?::timestamptz, ?::uuid)', [
          ...before,
        ]);
      }
      return (await rows).map((row: RowOf<Document>) => fromRow<Document>(row));
    },
    async insert(id, createdBy) {
      await knex('documents').insert({
        ...{ id, status: 'queued', version: 0, last_version: 0, created_by: createdBy },
      });
    },
    async addVersion({ id }, version) {
      const [changed] = await knex('documents')
        .where({ id })
        .update({
          last_version: knex.raw('last_version + 1'),
          version: knex.raw('last_version + 1'),
          run_id: null,
          error: null,
          ...touched,
        })
        .returning(['version', 'published_version']);
      const next: number = changed.version;
      const { fileId, purpose, readTitle, uploadedTitle, uploadedAuthor, keepsTwin } = version;
      const { title, author, dynasty } = version;
      const row = { fileId, purpose, readTitle, uploadedTitle, uploadedAuthor, keepsTwin };
      await knex('document_versions').insert({
        ...toRow({ ...row, title, author, dynasty }),
        ...{ category: version.category, form: version.form },
        ...{ document_id: id, version: next, corrections: JSON.stringify(version.corrections) },
      });
      const published: number | null = changed.published_version;
      await keepOnly(id, published === null ? [next] : [next, published]);
      return next;
    },
    async change(id, change) {
      await knex('documents')
        .where({ id })
        .update({ ...toRow(change), ...touched });
    },
    async confirm(id, version) {
      const row = { document_id: id, version };
      await knex('document_versions').where(row).update({ keeps_twin: true });
    },
    async correct(id, version, corrections) {
      const row = { document_id: id, version };
      await knex('document_versions').where(row).update(toRow({ corrections }));
    },
    async rename(id, version, names) {
      await knex('document_versions').where({ document_id: id, version }).update(toRow(names));
      await knex('documents').where({ id }).update(touched);
    },
    async stop(id, status, error) {
      // What is in Chroma of a document that was given up is removed from there.
      const given = knex('document_versions').where({ document_id: id });
      if (status === 'cancelled') await given.update({ embedded: '{}' });
      await knex('documents')
        .where({ id })
        .update({ status, error, run_id: null, ...touched });
    },
    async markPublished(id, version, workId) {
      await keepOnly(id, [version]);
      await knex('documents')
        .where({ id })
        .update({
          ...{ status: 'published', error: null, run_id: null, work_id: workId },
          ...{ published_version: version, published_at: knex.raw('clock_timestamp()') },
          ...touched,
        });
    },
    async revert(id, publishedVersion) {
      await keepOnly(id, [publishedVersion]);
      await knex('documents')
        .where({ id })
        .update({
          ...{ status: 'published', version: publishedVersion, run_id: null, error: null },
          ...touched,
        });
    },
    async replaceByAlias(id, twinId) {
      await knex('document_aliases').insert({ id, document_id: twinId });
      await knex('document_aliases').where({ document_id: id }).update({ document_id: twinId });
      await keepOnly(id, []);
      await knex('documents').where({ id }).delete();
    },
    async delete(id) {
      await keepOnly(id, []);
      await knex('documents').where({ id }).delete();
    },
  };
}
