import {
  type CheckStores,
  createLibraryCheck,
  type HeldLibrary,
} from './checking/library-check.ts';
import { createDocumentIngestion } from './document-ingestion.ts';
import { createDocumentService } from './document-service.ts';
import type { AdministeredStores, DocumentServiceParts } from './document-service-parts.ts';
import { createEnrichmentService, type EnrichmentParts } from './enrichment/enrichment-service.ts';
import type { EnrichmentStore } from './enrichment/enrichment-store.ts';
import type { IngestionParts } from './ingestion-parts.ts';

type Stores = AdministeredStores &
  CheckStores & {
    enrichment: EnrichmentStore;
    library: { touch(workId: string): Promise<void> };
  };

export interface DocumentParts extends Omit<IngestionParts, 'stores' | 'transact'> {
  stores: Stores;
  transact: <Result>(work: (stores: Stores) => Promise<Result>) => Promise<Result>;
  maxAttempts: number;
  cancelJobs: DocumentServiceParts['cancelJobs'];
  held: HeldLibrary | undefined;
  corpusBeingRead: () => Promise<boolean>;
  /** The model that writes translations and questions, and what that costs. */
  enriching: Pick<
    EnrichmentParts,
    'model' | 'onUsage' | 'countTokens' | 'costFen' | 'nextOffPeak' | 'maxAttempts'
  >;
}

export function createDocuments(parts: DocumentParts) {
  return {
    documents: createDocumentService(parts),
    ingestion: createDocumentIngestion(parts),
    check: createLibraryCheck(parts),
    enrichment: createEnrichmentService({ ...parts, ...parts.enriching }),
  };
}
