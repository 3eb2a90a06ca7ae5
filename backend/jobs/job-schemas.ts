import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';
import { JOB_STATUSES, type Job, remainingSeconds } from './job.ts';

const count = z.int().min(0);
const moment = z.iso.datetime();

/** A job as administrators see it. */
export const jobSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  status: z.enum(JOB_STATUSES),
  stage: z.string().nullable(),
  done: count.describe('units of the stage that are done: bytes for `parsed`, else passages'),
  total: count,
  remainingSeconds: count.nullable().describe('until the stage is over, by its pace so far'),
  attempts: count,
  maxAttempts: count,
  cancelling: z.boolean().describe('somebody has cancelled it, and its worker is about to stop'),
  documentId: z.uuid().nullable(),
  error: z.string().nullable(),
  result: z.unknown().describe('what the job has to tell, null where there is nothing'),
  revision: count.describe('grows with every change'),
  createdAt: moment,
  dueAt: moment.nullable().describe('while it waits: not before'),
  startedAt: moment.nullable().describe('of the latest attempt'),
  finishedAt: moment.nullable(),
});

export const listedJobSchema = jobSchema.extend({
  documentTitle: z.string().nullable().describe('null also where the document is gone'),
});

export type JobReply = z.infer<typeof jobSchema>;

export function presentJob(job: Job): JobReply {
  const { id, kind, status, stage, done, total, attempts, maxAttempts, error, result } = job;
  return {
    ...{ id, kind, status, stage, done, total },
    remainingSeconds: remainingSeconds(job),
    ...{ attempts, maxAttempts },
    cancelling: status === 'running' && job.cancelRequestedAt !== null,
    documentId: job.subjectId,
    error,
    result: result ?? null,
    revision: job.changes,
    createdAt: job.createdAt.toISOString(),
    dueAt: status === 'queued' ? job.runAfter.toISOString() : null,
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}

const flag = z
  .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
  .transform((value) => value === 'true' || value === '1');

export const jobsQuery = z.object({
  ...pageQuery,
  kind: textSchema(1, 64).optional(),
  status: z.enum(JOB_STATUSES, { error: `只能是 ${JOB_STATUSES.join('、')}` }).optional(),
  documentId: idSchema.optional(),
  recurring: flag.optional().describe('false: without what the scheduler makes again and again'),
});

export const jobParams = z.object({ id: idSchema });

export const jobCountsSchema = z.object({
  ...{ queued: count, running: count, done: count, failed: count, cancelled: count },
});
