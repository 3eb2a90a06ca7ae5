import type { Logger } from '../logger.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { VectorSpace } from '../platform/platform.ts';
import type { DocumentStore } from './document-store.ts';
import type { FileStore } from './file-store.ts';
import type { DocumentReport, ParsedBatch, ParseInput } from './parsing/parsed-document.ts';
import type { PublishingStore } from './publishing-store.ts';
import type { StagingStore } from './staging-store.ts';

export interface NewSubjectJob {
  kind: string;
  payload: unknown;
  maxAttempts: number;
  dedupeKey?: string | undefined;
  /** The document it is about. */
  subjectId?: string | undefined;
}

/** Jobs that are recorded together with what caused them. */
export interface JobRecords {
  insert(job: NewSubjectJob): Promise<string | undefined>;
  /** Whether there is a job of that kind and key, also a finished one. */
  knows(kind: string, dedupeKey: string): Promise<boolean>;
}

export interface DocumentStores {
  documents: DocumentStore;
  documentFiles: FileStore;
  staging: StagingStore;
  publishing: PublishingStore;
  jobs: JobRecords;
}

export interface ParseOptions {
  onBatch(batch: ParsedBatch): Promise<void>;
  onProgress(doneBytes: number, totalBytes: number): Promise<void>;
  signal: AbortSignal;
}

/** Reads a file off the event loop; the thread waits for each batch to be taken. */
export type ParseDocument = (input: ParseInput, options: ParseOptions) => Promise<DocumentReport>;

export interface IngestionParts {
  stores: DocumentStores;
  transact: Transact<DocumentStores>;
  parse: ParseDocument;
  /** The vector spaces that are to hold every passage. */
  spaces: () => readonly Pick<VectorSpace, 'name' | 'embeddings' | 'vectors'>[];
  /** Shows what was published in this process, and tells the others. */
  libraryChanged: () => Promise<void>;
  /** Wakes workers for jobs that were recorded. */
  wake: () => void;
  /** Where this machine keeps files while they are read. */
  spoolFolder: string;
  logger: Logger;
}

export interface IngestionContext {
  jobId: string;
  report(stage: string, done: number, total: number): Promise<void>;
  setResult(value: unknown): void;
  signal: AbortSignal;
}
