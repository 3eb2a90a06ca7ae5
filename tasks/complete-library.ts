import type { JobService } from '../backend/jobs/job-service.ts';
import type { IngestionService } from '../backend/library/ingestion-service.ts';

/** Makes a job for each work that is missing, out of date or without vectors; repeats nothing. */
export async function completeLibrary(
  ingestion: Pick<IngestionService, 'outstanding'>,
  jobs: Pick<JobService, 'enqueue'>,
): Promise<void> {
  const { ingest, embed } = await ingestion.outstanding();
  for (const slug of ingest) await jobs.enqueue('ingest-work', { slug }, slug);
  for (const workId of embed) await jobs.enqueue('embed-work', { workId }, workId);
}
