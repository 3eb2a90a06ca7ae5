import type {
  DocumentIngestion,
  IngestionPayload,
} from '../backend/documents/document-ingestion.ts';
import { isRefusal } from '../backend/documents/refusal.ts';
import { HopelessJob, type JobContext } from '../backend/jobs.ts';

/** A file that cannot be read today cannot be read tomorrow. */
export async function ingestDocument(
  ingestion: DocumentIngestion,
  payload: IngestionPayload,
  context: JobContext,
): Promise<void> {
  try {
    await ingestion.ingest(payload, context);
  } catch (error) {
    if (isRefusal(error)) throw new HopelessJob(error.message, { cause: error });
    throw error;
  }
}
