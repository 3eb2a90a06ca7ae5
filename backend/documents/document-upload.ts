import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { FileNames } from '../../corpus/uploads/names/file-names.ts';
import type { Administrator } from '../audit-trail.ts';
import { AppError } from '../errors.ts';
import { deedOf } from './audit-trail.ts';
import { DEFAULT_CATEGORY, type Document, type DocumentNames, isBusy } from './document.ts';
import { conflict, requireIdle } from './document-rules.ts';
import type { AdministeredStores, DocumentServiceParts } from './document-service-parts.ts';
import { asFormer } from './kept-corrections.ts';
import { resembles } from './resembles.ts';
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
      const isThere = await sameFile(stores, wish, file);
      const unlikeId = isThere ? undefined : await namesake(parts, wish, file);
      if (!isThere) await keepFile(parts, fileId, file);
      try {
        const accepted = await transact(async (within) => {
          // Of two equal uploads at once the second meets the first.
          await within.documents.lockUploads();
          return accept(within, { by, file, wish, fileId, unlikeId, parts });
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

/**
 * A document that only bears the name of what has come, and would lose what was found in it. One that is
 * in the library does not: it stays there until a new version has been compared with it.
 */
async function namesake(
  parts: DocumentServiceParts,
  wish: UploadWish,
  file: ReceivedFile,
): Promise<string | undefined> {
  const called = wish.replaces === undefined && (await calledAlike(parts.stores, wish, file));
  if (!called || isBusy(called)) return undefined;
  if (called.publishedVersion !== null && called.status !== 'preview') return undefined;
  if (await resembles(parts, called, file)) return undefined;
  if (called.publishedVersion === null) return called.id;
  throw conflict(
    `《${called.title}》有一个新版本还没有发布，请先发布或放弃它，或者说明这份文件要替换哪一份文献。`,
  );
}

interface Accepting {
  by: Administrator;
  file: ReceivedFile;
  wish: UploadWish;
  fileId: string;
  /** Of a document that it is no version of, whatever their names. */
  unlikeId: string | undefined;
  parts: DocumentServiceParts;
}

async function accept(within: AdministeredStores, given: Accepting): Promise<Accepted> {
  const { wish, file, fileId } = given;
  const same = await sameFile(within, wish, file);
  if (same) {
    await within.documentFiles.delete(fileId);
    return acceptSame(within, given, same);
  }
  // It was there a moment ago and has been deleted since.
  if (!(await within.documentFiles.isKept(fileId)))
    await within.documentFiles.keep(fileId, file.path, file);
  const before = await replaced(within, given);
  const id = before?.id ?? randomUUID();
  if (!before) await within.documents.insert(id, given.by.userId);
  return begin(within, given, id, { ...namesOf(wish, file, before), fileId }, before);
}

async function begin(
  within: AdministeredStores,
  { by, wish, file, parts }: Accepting,
  id: string,
  version: DocumentNames & { fileId: string },
  before: Document | undefined,
): Promise<Accepted> {
  const keepsTwin = wish.replaces !== undefined;
  const corrections = before?.corrections ?? { chapters: [] };
  const isSameFile = before?.fileId === version.fileId;
  const came = namesOf(wish, file);
  const number = await within.documents.addVersion(
    { id },
    {
      ...{ ...version, purpose: 'upload', keepsTwin },
      corrections: isSameFile ? corrections : asFormer(corrections),
      readTitle: before?.publishedVersion ? before.readTitle : version.title,
      uploadedTitle: came.title,
      uploadedAuthor: came.author,
    },
  );
  const { maxAttempts } = parts;
  const until = wish.dryRun ? 'segmented' : 'published';
  await startJob(within, { id, version: number }, { until, maxAttempts });
  const document = { id, version: number, title: version.title };
  await within.audit.record(deedOf(by, 'document.upload', document, { dryRun: wish.dryRun }));
  return { documentId: id, version: number, begun: true };
}

/**
 * The document that is these bytes. Under the ending of another format they are read otherwise, which
 * is what is wanted of a file that came to nothing yet.
 */
async function sameFile(
  { documents }: Pick<AdministeredStores, 'documents'>,
  { replaces }: UploadWish,
  { hash, format }: ReceivedFile,
): Promise<Document | undefined> {
  const same = replaces === 'new' ? undefined : await documents.byFileHash(hash);
  const isSettled = same && (same.publishedVersion !== null || isBusy(same));
  return isSettled || same?.format === format ? same : undefined;
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
  within: AdministeredStores,
  { wish, file, unlikeId }: Accepting,
): Promise<Document | undefined> {
  const { documents } = within;
  const { replaces } = wish;
  if (replaces === 'new') return undefined;
  if (replaces !== undefined) {
    const named = await documents.lock(replaces);
    if (!named) throw new AppError(404, 'not_found', '要替换的文献不存在。');
    return requireIdle(named);
  }
  const called = await calledAlike(within, wish, file);
  if (!called || called.id === unlikeId) return undefined;
  const before = await documents.lock(called.id);
  return before && requireIdle(before);
}

async function calledAlike(
  { documents }: Pick<AdministeredStores, 'documents'>,
  wish: UploadWish,
  file: ReceivedFile,
): Promise<Document | undefined> {
  const { title, author } = namesOf(wish, file);
  return (await documents.byNames(title, author)) ?? (await documents.byAnyName(title, author));
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
