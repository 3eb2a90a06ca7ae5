import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import { isOver, type Job, type JobStatus } from './job.ts';
import type { JobArchive, JobFilter } from './job-archive.ts';
import type { JobEndings } from './job-endings.ts';
import type { JobService } from './job-service.ts';
import type { JobSight } from './job-sight.ts';
import type { JobSignals } from './job-signals.ts';
import type { JobStore } from './job-store.ts';
import { type JobWatch, watchJob } from './job-watch.ts';

/** An administrator at work, and from where. */
export interface Administrator {
  userId: string;
  address: string;
}

/** Remembers who did what. */
interface AuditTrail {
  record(entry: {
    actorId: string;
    address: string;
    action: string;
    targetType: string;
    targetId: string;
    detail: Record<string, unknown>;
  }): Promise<void>;
}

type PageRequest = { limit: number; before: readonly [string, string] | undefined };

/** Jobs as people handle them. */
export interface JobAdministration {
  list(filter: JobFilter, page: PageRequest): Promise<Page<Job>>;
  counts(): Promise<Record<JobStatus, number>>;
  /** As this process has come after it; 404 where there is none. */
  byId(id: string): Promise<Job>;
  find(id: string): Promise<Job | undefined>;
  /**
   * One that waits is cancelled at once; the worker of one that runs is told to stop. 409 for one that
   * is over.
   */
  cancel(by: Administrator, id: string): Promise<Job>;
  /** Cancels whatever waits or runs for a document; nothing to cancel is no fault. */
  cancelOf(documentId: string): Promise<void>;
  /** Begins a failed or cancelled one anew; 409 for any other, or when its like is under way. */
  retry(by: Administrator, id: string): Promise<Job>;
  watch: JobWatch;
  /** The job when it has ended, or as it stands when the time is over. */
  settled(id: string, timeoutMs: number): Promise<Job>;
}

export function createJobAdministration(parts: {
  store: JobStore;
  archive: JobArchive;
  endings: JobEndings;
  signals: JobSignals;
  jobs: Pick<JobService, 'wake'>;
  audit: AuditTrail;
  sight: JobSight;
}): JobAdministration {
  const { store, archive, endings, signals, jobs, audit, sight } = parts;
  const watch = watchJob(store, signals, sight);

  async function find(id: string): Promise<Job | undefined> {
    const job = await store.byId(id);
    return job && sight.asSeenHere(job);
  }
  async function byId(id: string): Promise<Job> {
    const job = await find(id);
    if (!job) throw new AppError(404, 'not_found', '没有这个任务。');
    return job;
  }

  async function stop(id: string): Promise<Job | undefined> {
    const ended = await endings.cancelIdle(id);
    if (ended) return ended;
    const asked = await store.requestCancel(id);
    if (!asked) return undefined;
    signals.changed(asked);
    signals.cancel(id);
    return asked;
  }

  async function record(by: Administrator, action: string, { id, kind, subjectId }: Job) {
    await audit.record({
      ...{ actorId: by.userId, address: by.address, action },
      ...{ targetType: 'job', targetId: id },
      detail: { kind, ...(subjectId ? { documentId: subjectId } : {}) },
    });
  }

  return {
    async list(filter, { limit, before }) {
      const rows = await archive.list(filter, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },
    counts: () => archive.countByStatus(),
    byId,
    find,
    async cancel(by, id) {
      // Twice: between the two questions a waiting job may have been taken, or put back.
      const stopped = (await stop(id)) ?? (await stop(id));
      if (stopped) {
        await record(by, 'job.cancel', stopped);
        return stopped;
      }
      await byId(id);
      throw new AppError(409, 'conflict', '这个任务已经结束，不能取消。');
    },
    async cancelOf(documentId) {
      for (const { id } of await archive.unfinishedOf(documentId)) await stop(id);
    },
    async retry(by, id) {
      const again = await endings.retry(id);
      if (again) {
        await jobs.wake(again);
        await record(by, 'job.retry', again);
        return again;
      }
      const job = await byId(id);
      const reason = job.status === 'done' ? '这个任务已经完成' : '同样的任务正在排队或进行';
      throw new AppError(409, 'conflict', `${reason}，不能重试。`);
    },
    watch,
    async settled(id, timeoutMs) {
      for await (const job of watch(id, AbortSignal.timeout(timeoutMs))) if (isOver(job)) break;
      return byId(id);
    },
  };
}
