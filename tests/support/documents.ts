import { z } from 'zod';
import { asAdmin } from './administrator.ts';
import * as contract from './contract-schemas.ts';
import { eventually } from './eventually.ts';
import type { Client, Reply } from './service-client.ts';

const whole = z.int().min(0);
const time = z.iso.datetime();

/** What the HTTP contract promises of jobs and documents; more fields than these are allowed. */
export const job = z.object({
  id: z.guid(),
  kind: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  stage: z.string().nullable(),
  done: whole,
  total: whole,
  error: z.string().nullable(),
  result: z.unknown(),
});

const sample = z.object({ count: whole, examples: z.array(z.string()) });

export const document = z.object({
  id: z.guid(),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  category: z.string(),
  form: z.string().nullable(),
  status: z.enum(['queued', 'processing', 'preview', 'published', 'failed', 'cancelled']),
  version: whole,
  publishedVersion: whole.nullable(),
  fileName: z.string(),
  format: z.string(),
  encoding: z.string().nullable(),
  byteSize: whole,
  workId: z.guid().nullable(),
  chapterCount: whole,
  passageCount: whole,
  characterCount: whole,
  corrections: whole,
  correctionsLost: whole,
  report: z
    .object({
      chapters: whole,
      passages: whole,
      characters: whole,
      script: z.string(),
      translated: whole,
      lacunae: sample,
      unknownCharacters: sample,
      skipped: z.array(z.object({ reason: z.string(), count: whole, example: z.string() })),
    })
    .nullable(),
  duplicates: z
    .object({
      document: z.object({ id: z.guid(), title: z.string() }).nullable(),
      passages: whole,
      repeated: sample,
      works: z.array(z.object({ workId: z.guid(), title: z.string(), passages: whole })),
      work: z.object({ workId: z.guid(), title: z.string() }).nullable(),
      former: z.object({ passages: whole, kept: whole }).nullable(),
    })
    .nullable(),
  error: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
  publishedAt: time.nullable(),
});

export const documentView = z.object({ document, job: job.nullable() });
export const documentPage = contract.pageOf(document);
export type DocumentView = z.infer<typeof documentView>;
export type UploadedDocument = z.infer<typeof document>;

export interface UploadFields {
  title?: string;
  author?: string;
  dynasty?: string;
  category?: string;
  form?: string;
  replaces?: string;
}

/** An administrator with a desk full of texts. */
export interface Librarian extends Client {
  token: string;
  upload(
    file: { name: string; text: string | Uint8Array },
    fields?: UploadFields,
    more?: { dryRun?: boolean; key?: string },
  ): Promise<Reply>;
  view(id: string): Promise<DocumentView>;
  /** Uploads and waits until it is in the library. */
  publish(
    file: { name: string; text: string | Uint8Array },
    fields?: UploadFields,
  ): Promise<UploadedDocument>;
  /** The document once nobody works on it. */
  settled(id: string): Promise<UploadedDocument>;
}

export async function asLibrarian(url: string): Promise<Librarian> {
  const admin = await asAdmin(url);
  const view = async (id: string) =>
    (await admin.get(`/api/admin/documents/${id}`)).data(documentView);
  const librarian: Librarian = {
    ...admin,
    token: admin.login.accessToken,
    view,
    async upload({ name, text }, fields = {}, { dryRun = false, key } = {}) {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.set(field, value);
      form.set('file', new Blob([typeof text === 'string' ? text : Buffer.from(text)]), name);
      const encoded = new Response(form);
      const bytes = new Uint8Array(await encoded.arrayBuffer());
      return admin.call('POST', `/api/admin/documents${dryRun ? '?dryRun=1' : ''}`, bytes, {
        'content-type': encoded.headers.get('content-type') ?? '',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      });
    },
    async publish(file, fields) {
      const reply = await librarian.upload(file, fields);
      return librarian.settled(reply.data(documentView, 202).document.id);
    },
    async settled(id) {
      let found: UploadedDocument | undefined;
      const idle = async () => {
        const seen = await view(id);
        found = seen.document;
        const isOver = seen.job?.status !== 'queued' && seen.job?.status !== 'running';
        return isOver && found.status !== 'queued' && found.status !== 'processing';
      };
      await eventually('nobody works on the document', idle, 20_000);
      if (!found) throw new Error('it was there a moment ago');
      return found;
    },
  };
  return librarian;
}
