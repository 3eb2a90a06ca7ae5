import path from 'node:path';
import type { FileNames } from '../../corpus/uploads/names/file-names.ts';
import { RefusedFile } from '../../corpus/uploads/refused-file.ts';
import { AppError } from '../errors.ts';
import { invalidInput, toDetails } from '../http/failure.ts';
import { inChinese } from '../http/fault-wording.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import { administratorOf, type DocumentView, said } from './document-routes.ts';
import { uploadFields, uploadForm, uploadQuery } from './document-schemas.ts';
import type { DocumentService } from './document-service.ts';
import type { Accepted, UploadWish } from './document-upload.ts';
import { receiveUpload } from './receive-upload.ts';
import { LOOK_MS } from './resembles.ts';
import { spoolPlace } from './spool-file.ts';

/** How long a reply may wait for what was found in the file. */
const PREVIEW_MS = 20_000;
const PARSED_MS = 8_000;
/** How long the same upload, sent again, waits for the first: longer than that takes to be answered. */
const PATIENCE_MS = LOOK_MS + PREVIEW_MS + 10_000;

const ROUTE = { method: 'post', path: '/api/admin/documents' } as const;

export interface UploadParts {
  documents: DocumentService;
  view: DocumentView;
  idempotency: Idempotency;
  /** What a file is and says of itself, by its name and its beginning; throws `RefusedFile`. */
  inspect(filePath: string, fileName: string): Promise<{ format: string; names: FileNames }>;
  spoolFolder: string;
}

export function uploadRoute(parts: UploadParts): Route {
  const { documents, view, idempotency, spoolFolder } = parts;
  return defineRoute({
    ...ROUTE,
    summary: 'Upload a text; the same text again gives the document that is there, with 200',
    tag: 'administration',
    access: 'admin',
    idempotent: 'by-handler',
    status: 202,
    query: uploadQuery,
    multipartBody: uploadForm,
    data: view.schema,
    handle: async (context) => {
      const { query, request, response, identity, idempotencyKey } = context;
      const place = await spoolPlace(spoolFolder);
      try {
        const { file, wish } = await receive(parts, request, place.path, query.dryRun);
        const answer = async () => {
          const accepted = await documents.upload(administratorOf(context), file, wish);
          await (query.dryRun
            ? documents.settled(accepted.documentId, 'idle', PREVIEW_MS)
            : documents.settled(accepted.documentId, 'known', PARSED_MS));
          return reply(parts, accepted);
        };
        const { userId } = identity;
        const scope = { userId, route: `${ROUTE.method} ${ROUTE.path}`, key: idempotencyKey ?? '' };
        const body = { ...wish, hash: file.hash, name: file.name };
        const { status, data } =
          idempotencyKey === undefined
            ? await answer()
            : await idempotency.once({ ...scope, body }, answer, PATIENCE_MS);
        response.status(status).json({ code: 0, message: 'success', data });
        return HANDLED;
      } finally {
        await place.remove();
      }
    },
  });
}

async function receive(
  { inspect }: UploadParts,
  request: Parameters<typeof receiveUpload>[0],
  filePath: string,
  dryRun: boolean,
) {
  const { file, fields } = await receiveUpload(request, filePath);
  const parsed = uploadFields.safeParse(fields, inChinese);
  const faults = parsed.success ? [] : toDetails(parsed.error);
  if (!file?.name.trim()) faults.push({ path: 'file', message: '请选择一个文件' });
  if (!parsed.success || !file || faults.length > 0) throw invalidInput(faults);
  const name = path.basename(file.name.replaceAll('\\', '/')).replaceAll('\0', '').toWellFormed();
  const inspected = await inspect(filePath, name).catch(toAppError);
  const { replaces, ...names } = parsed.data;
  const wish: UploadWish = { names: said(names), replaces, dryRun };
  return { file: { ...file, name, ...inspected, path: filePath }, wish };
}

function toAppError(error: unknown): never {
  if (!(error instanceof RefusedFile)) throw error;
  if (error.reason === 'unsupported') throw new AppError(415, 'unsupported_media', error.message);
  throw new AppError(422, 'unreadable_document', error.message);
}

/** 200 where it turned out that the text is there already. */
async function reply({ documents, view }: UploadParts, accepted: Accepted) {
  const document = await documents.byId(accepted.documentId);
  const isIt = document.id === accepted.documentId && document.version === accepted.version;
  const data = view.schema.parse(await view.of(document));
  return { status: accepted.begun && isIt ? 202 : 200, data };
}
