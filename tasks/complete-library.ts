import type { JobService } from '../backend/jobs/job-service.ts';
import type { IngestionService } from '../backend/library/ingestion-service.ts';

/**
 * Makes a job for each work that is missing, out of date or without vectors; repeats nothing. When
 * nothing is left to be embedded, a vector space built beside the active one is whole: it is checked.
 */
export async function completeLibrary(
  ingestion: Pick<IngestionService, 'outstanding' | 'settleSpaces'>,
  jobs: Pick<JobService, 'enqueue'>,
): Promise<void> {
  const { ingest, embed } = await ingestion.outstanding();
  for (const slug of ingest) await jobs.enqueue('ingest-work', { slug }, { dedupeKey: slug });
  for (const each of embed) {
    await jobs.enqueue('embed-work', each, { dedupeKey: `${each.workId} ${each.space}` });
  }
  if (ingest.length === 0 && embed.length === 0) await ingestion.settleSpaces();
}
