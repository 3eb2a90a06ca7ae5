import type { Form } from '../../corpus/source-work.ts';
import { stableId } from '../stable-id.ts';
import type { KeptCorrections } from './kept-corrections.ts';
import type { DocumentReport, Sample } from './parsing/parsed-document.ts';

export type DocumentStatus =
  | 'queued'
  | 'processing'
  | 'preview'
  | 'published'
  | 'failed'
  | 'cancelled';

/** What of a document the library has already. */
export interface Duplicates {
  document: { id: string; title: string } | null;
  passages: number;
  /** Passages that say once more what an earlier one of the document itself says. */
  repeated: Sample;
  /** Those that have the most of it, at most ten. */
  works: { workId: string; title: string; passages: number }[];
  /** A work that says the same from its first word to its last, however it is cut, marked or written. */
  work: { workId: string; title: string } | null;
  /** Of the version that it would replace how many passages there are, and how many it has too. */
  former: { passages: number; kept: number } | null;
}

/** How a document is called and shelved. */
export interface DocumentNames {
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string;
  form: Form | null;
}

export type VersionPurpose = 'upload' | 'correction' | 'reindex';

/** A document with the version that is shown and worked on. */
export interface Document extends DocumentNames {
  id: string;
  status: DocumentStatus;
  version: number;
  lastVersion: number;
  /** The one in the library, which stays there until another takes its place. */
  publishedVersion: number | null;
  workId: string | null;
  jobId: string | null;
  error: string | null;
  createdAt: Date;
  updatedAt: Date;
  publishedAt: Date | null;
  fileId: string;
  purpose: VersionPurpose;
  /**
   * What the file was first read under: a heading that says it again is no chapter. What is published is
   * renamed without another reading, which would else find other chapters the next time.
   */
  readTitle: string;
  /** What it was called when its latest file came, before anybody corrected that; null: not known. */
  uploadedTitle: string | null;
  uploadedAuthor: string | null;
  /** Asked for although the same text is there. */
  keepsTwin: boolean;
  corrections: KeptCorrections;
  encoding: string | null;
  contentHash: string | null;
  /** Of everything that is shown: other titles, another script, a new translation change it. */
  shownHash: string | null;
  report: DocumentReport | null;
  duplicates: Duplicates | null;
  chapterCount: number;
  passageCount: number;
  characterCount: number;
  /** By vector space, the place up to which the staged passages are in it. */
  embedded: Record<string, number>;
  fileName: string;
  format: string;
  byteSize: number;
  fileHash: string;
}

export const DEFAULT_CATEGORY = '自备';
/** Behind the works of the corpus. */
export const FIRST_POSITION = 1_000;

export function slugOf(documentId: string): string {
  return `document-${documentId.replaceAll('-', '').slice(0, 12)}`;
}

/** The work that a document is or becomes. */
export function workIdOf(documentId: string): string {
  return stableId('work', slugOf(documentId));
}

export function isBusy({ status }: Pick<Document, 'status'>): boolean {
  return status === 'queued' || status === 'processing';
}
