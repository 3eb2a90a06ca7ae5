import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { FileNames } from '../../corpus/uploads/names/file-names.ts';
import type { Administrator } from '../audit-trail.ts';
import { AppError } from '../errors.ts';
import { deedOf } from './audit-trail.ts';
import { DEFAULT_CATEGORY, type Document, type DocumentNames, isBusy } from './document.ts';
import { requireIdle } from './document-rules.ts';
import type { AdministeredStores, DocumentServiceParts } from './document-service-parts.ts';
import { asFormer } from './kept-corrections.ts';
import { startJob } from './start-job.ts';

export interface ReceivedFile {
  path: string;
  name: string;
  format: string;
  byteSize: number;
  hash: string;
  /** What the file says of itself. */
  names: FileNames;
}

export interface UploadWish {
  /** What was said of it; the rest is taken from what it replaces, from the file, from its name. */
  names: Partial<DocumentNames>;
  /** The id of a document, `new` for one beside whatever is there, or left to the rules. */
  replaces: string | undefined;
  dryRun: boolean;
}

export interface Accepted {
  documentId: string;
  version: number;
  /** False when the same bytes are there already and nothing is left to be done. */
  begun: boolean;
}

export interface DocumentUpload {
  upload(by: Administrator, file: ReceivedFile, wish: UploadWish): Promise<Accepted>;
}

export function createDocumentUpload(parts: DocumentServiceParts): DocumentUpload {
  const { stores, transact, wake } = parts;
  return {
    async upload(by, file, wish) {
      const fileId = randomUUID();
      const isThere = wish.replaces !== 'new' && (await stores.documents.byFileHash(file.hash));
      if (!isThere) await keepFile(parts, fileId, file);
      try {
        const accepted = await transact(async (within) => {
          // Of two equal uploads at once the second meets the first.
          await within.documents.lockUploads();
          return accept(within, { by, file, wish, fileId, parts });
        });
        wake();
        return accepted;
      } catch (error) {
        await stores.documentFiles.delete(fileId);
        throw error;
      }
    },
  };
}

async function keepFile({ stores }: DocumentServiceParts, id: string, file: ReceivedFile) {
  try {
    await stores.documentFiles.keep(id, file.path, file);
  } catch (error) {
    await stores.documentFiles.delete(id).catch(() => undefined);
    throw error;
  }
}

interface Accepting {
  by: Administrator;
  file: ReceivedFile;
  wish: UploadWish;
  fileId: string;
  parts: DocumentServiceParts;
}

async function accept(within: AdministeredStores, given: Accepting): Promise<Accepted> {
  const { wish, file, fileId } = given;
  const same = wish.replaces === 'new' ? undefined : await within.documents.byFileHash(file.hash);
  if (same) {
    await within.documentFiles.delete(fileId);
    return acceptSame(within, given, same);
  }
  // It was there a moment ago and has been deleted since.
  if (!(await within.documentFiles.isKept(fileId)))
    await within.documentFiles.keep(fileId, file.path, file);
  const before = await replaced(within, wish, file);
  const id = before?.id ?? randomUUID();
  if (!before) await within.documents.insert(id, given.by.userId);
  return begin(within, given, id, { ...namesOf(wish, file, before), fileId }, before);
}

async function begin(
  within: AdministeredStores,
  { by, wish, parts }: Accepting,
  id: string,
  version: DocumentNames & { fileId: string },
  before: Document | undefined,
): Promise<Accepted> {
  const keepsTwin = wish.replaces !== undefined;
  const corrections = before?.corrections ?? { chapters: [] };
  const isSameFile = before?.fileId === version.fileId;
  const number = await within.documents.addVersion(
    { id },
    {
      ...{ ...version, purpose: 'upload', keepsTwin },
      corrections: isSameFile ? corrections : asFormer(corrections),
      readTitle: before?.publishedVersion ? before.readTitle : version.title,
    },
  );
  const { maxAttempts } = parts;
  const until = wish.dryRun ? 'segmented' : 'published';
  await startJob(within, { id, version: number }, { until, maxAttempts });
  const document = { id, version: number, title: version.title };
  await within.audit.record(deedOf(by, 'document.upload', document, { dryRun: wish.dryRun }));
  return { documentId: id, version: number, begun: true };
}

/** The bytes are there; what came to nothing with them, or was only looked at, is taken up again. */
async function acceptSame(
  within: AdministeredStores,
  given: Accepting,
  same: Document,
): Promise<Accepted> {
  const { wish, file, by, parts } = given;
  const document = (await within.documents.lock(same.id)) ?? same;
  const { id, version, status } = document;
  const names = namesOf(wish, file, document);
  const isShown = wish.dryRun && status === 'preview' && !differs(names, document);
  const enough = isBusy(document) || status === 'published' || isShown;
  if (enough) return { documentId: id, version, begun: false };
  if (differs(names, document)) {
    return begin(within, given, id, { ...names, fileId: document.fileId }, document);
  }
  const until = wish.dryRun ? 'segmented' : 'published';
  await startJob(within, document, { until, maxAttempts: parts.maxAttempts });
  await within.audit.record(deedOf(by, 'document.upload', document, { dryRun: wish.dryRun }));
  return { documentId: id, version, begun: true };
}

/** The document that becomes another version of itself. */
async function replaced(
  { documents }: AdministeredStores,
  { replaces, names }: UploadWish,
  file: ReceivedFile,
): Promise<Document | undefined> {
  if (replaces === 'new') return undefined;
  if (replaces !== undefined) {
    const named = await documents.lock(replaces);
    if (!named) throw new AppError(404, 'not_found', '要替换的文献不存在。');
    return requireIdle(named);
  }
  const { title, author } = namesOf({ names }, file);
  const called =
    (await documents.byNames(title, author)) ?? (await documents.byAnyName(title, author));
  const before = called && (await documents.lock(called.id));
  return before && requireIdle(before);
}

function namesOf(
  { names }: Pick<UploadWish, 'names'>,
  { names: own, name }: ReceivedFile,
  before?: Document,
): DocumentNames {
  return {
    title: names.title ?? before?.title ?? own.title ?? stemOf(name),
    author: names.author ?? before?.author ?? own.author,
    dynasty: names.dynasty ?? before?.dynasty ?? own.dynasty,
    category: names.category ?? before?.category ?? DEFAULT_CATEGORY,
    form: names.form ?? before?.form ?? null,
  };
}

function differs(a: DocumentNames, b: DocumentNames): boolean {
  const keys = ['title', 'author', 'dynasty', 'category', 'form'] as const;
  return keys.some((key) => a[key] !== b[key]);
}

const LONGEST_TITLE = 100;

export function stemOf(fileName: string): string {
  const stem = path.parse(fileName).name.trim();
  return [...stem].slice(0, LONGEST_TITLE).join('') || '未命名';
}
