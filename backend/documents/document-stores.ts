import type { Knex } from 'knex';
import { createCheckStore } from './checking/check-store.ts';
import { createDocumentStore } from './document-store.ts';
import { createEnrichmentStore } from './enrichment/enrichment-store.ts';
import { createFileStore } from './file-store.ts';
import { createPublishingStore } from './publishing-store.ts';
import { createStagingStore } from './staging-store.ts';

/** All stores of documents on one connection or one transaction. */
export function documentStores(knex: Knex) {
  return {
    documents: createDocumentStore(knex),
    documentFiles: createFileStore(knex),
    staging: createStagingStore(knex),
    publishing: createPublishingStore(knex),
    libraryCheck: createCheckStore(knex),
    enrichment: createEnrichmentStore(knex),
  };
}
