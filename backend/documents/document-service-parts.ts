import type { AuditTrail } from '../audit-trail.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { DocumentStores, ParseDocument } from './ingestion-parts.ts';

export interface AdministeredStores extends DocumentStores {
  audit: AuditTrail;
}

export interface DocumentServiceParts {
  stores: AdministeredStores;
  transact: Transact<AdministeredStores>;
  parse: ParseDocument;
  /** Of the job that takes a document into the library. */
  maxAttempts: number;
  libraryChanged: () => Promise<void>;
  /** Whatever waits or runs for a document. */
  cancelJobs: (documentId: string) => Promise<void>;
  wake: () => void;
}
