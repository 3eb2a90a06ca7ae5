import type { Request } from 'express';
import { z } from 'zod';
import type { Administrator } from '../audit-trail.ts';
import { callerOf } from '../http/caller.ts';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Document, DocumentNames } from './document.ts';
import {
  amendmentBody,
  chapterParams,
  documentParams,
  documentSchema,
  documentsQuery,
  stagedChapterSchema,
  stagedPassagesSchema,
} from './document-schemas.ts';
import type { DocumentService } from './document-service.ts';
import type { Corrections } from './parsing/parsed-document.ts';
import { presentChapter, presentDocument, presentPassages } from './present-document.ts';

const tag = 'administration';
const newestFirst = z.tuple([cursorTime, z.uuid()]);
const inOrder = z.tuple([z.int()]);

/** How another room tells of a job; handed over, since rooms know each other only by services. */
export interface JobPresentation<Schema extends z.ZodType> {
  schema: Schema;
  /** Null where there is none, or none any more. */
  present(jobId: string | null): Promise<z.input<Schema> | null>;
}

export function administratorOf(context: {
  identity: { userId: string };
  request: Request;
}): Administrator {
  return { userId: context.identity.userId, address: callerOf(context.request).address };
}

export function createDocumentView<Schema extends z.ZodType>(job: JobPresentation<Schema>) {
  const schema = z.object({ document: documentSchema, job: job.schema.nullable() });
  return {
    schema,
    async of(document: Document) {
      const view = {
        document: presentDocument(document),
        job: await job.present(document.jobId),
      };
      return view as z.input<typeof schema>;
    },
  };
}

export type DocumentView = ReturnType<typeof createDocumentView>;

/** Asks for a comparison of what is kept of the library, and for what differs to be put right. */
export function libraryCheckRoute<Schema extends z.ZodType>(
  job: JobPresentation<Schema>,
  begin: (by: Administrator) => Promise<string>,
): Route {
  const data = z.object({ job: job.schema });
  return defineRoute({
    method: 'post',
    path: '/api/admin/library/check',
    summary: 'Compare what is kept of the library in several places, and put right what differs',
    tag,
    access: 'admin',
    idempotent: true,
    status: 202,
    data,
    handle: async (context) => {
      const jobId = await begin(administratorOf(context));
      return { job: await job.present(jobId) } as z.input<typeof data>;
    },
  });
}

export function documentRoutes(documents: DocumentService, view: DocumentView): Route[] {
  return [...readingRoutes(documents, view), ...changingRoutes(documents, view)];
}

function readingRoutes(documents: DocumentService, view: DocumentView): Route[] {
  const shared = { method: 'get', tag, access: 'admin' } as const;
  return [
    defineRoute({
      ...shared,
      path: '/api/admin/documents',
      summary: 'Documents, newest first; previews only where they are asked for',
      query: documentsQuery,
      data: pageSchema(documentSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, newestFirst);
        const page = await documents.list(filter, { limit, before });
        return { ...page, items: page.items.map(presentDocument) };
      },
    }),
    defineRoute({
      ...shared,
      path: '/api/admin/documents/{id}',
      summary: 'A document, what was found in it, and its latest job',
      params: documentParams,
      data: view.schema,
      handle: async ({ params }) => view.of(await documents.byId(params.id)),
    }),
    defineRoute({
      ...shared,
      path: '/api/admin/documents/{id}/chapters',
      summary: 'The structure that was found, with what was corrected',
      params: documentParams,
      query: z.object(pageQuery),
      data: pageSchema(stagedChapterSchema),
      handle: async ({ params, query: { limit, cursor } }) => {
        const [after] = readCursor(cursor, inOrder) ?? [];
        const page = await documents.chapters(params.id, limit, after);
        return { ...page, items: page.items.map(presentChapter) };
      },
    }),
    defineRoute({
      ...shared,
      path: '/api/admin/documents/{id}/chapters/{ordinal}/passages',
      summary: 'How a chapter begins: its first fifty passages',
      params: chapterParams,
      data: stagedPassagesSchema,
      handle: async ({ params }) =>
        presentPassages(await documents.passages(params.id, params.ordinal)),
    }),
  ];
}

function changingRoutes(documents: DocumentService, view: DocumentView): Route[] {
  const shared = { tag, access: 'admin', params: documentParams } as const;
  const turn = (name: 'publish' | 'reindex' | 'revert', summary: string, status: number): Route =>
    defineRoute({
      ...{ ...shared, method: 'post', path: `/api/admin/documents/{id}/${name}`, summary, status },
      idempotent: true,
      data: view.schema,
      handle: async (context) =>
        view.of(await documents[name](administratorOf(context), context.params.id)),
    });
  return [
    defineRoute({
      ...shared,
      method: 'patch',
      path: '/api/admin/documents/{id}',
      summary: 'Correct how a document is called or what was found in it',
      status: 202,
      body: amendmentBody,
      data: view.schema,
      handle: async (context) => {
        const { chapters, ...names } = context.body;
        const { id } = context.params;
        const corrections = chapters && ({ chapters } as Corrections);
        const amendment = { names: said(names), corrections };
        const read = await documents.amend(administratorOf(context), id, amendment);
        const document = await documents.byId(id);
        return view.of(read ? document : { ...document, jobId: null });
      },
    }),
    turn('publish', 'Put a preview, or what failed or was cancelled, into the library', 202),
    turn('reindex', 'Read the kept file and compute all vectors once more', 202),
    turn('revert', 'Give up a new version for the one that is in the library', 200),
    defineRoute({
      ...shared,
      method: 'delete',
      path: '/api/admin/documents/{id}',
      summary: 'Delete with all that was made of it',
      data: z.object({}),
      handle: async (context) => {
        await documents.delete(administratorOf(context), context.params.id);
        return {};
      },
    }),
  ];
}

/** Without what was not mentioned. */
export function said(
  names: {
    [Key in keyof DocumentNames]?: DocumentNames[Key] | undefined;
  },
): Partial<DocumentNames> {
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined));
}
