import type { Request } from 'express';
import { z } from 'zod';
import { callerOf } from '../http/caller.ts';
import { toExpectedError } from '../http/failure.ts';
import { cursorTime, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import type { Logger } from '../logger.ts';
import { type StreamEvent, serverSentEvents } from '../realtime/event-frames.ts';
import { clientGone, sendEvents } from '../realtime/event-reply.ts';
import type { ListenerPlaces } from '../realtime/listener-places.ts';
import type { Job } from './job.ts';
import type { JobAdministration } from './job-administration.ts';
import {
  type JobReply,
  jobCountsSchema,
  jobParams,
  jobSchema,
  jobsQuery,
  listedJobSchema,
  presentJob,
} from './job-schemas.ts';

const tag = 'administration';
const access = 'admin';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

export function jobRoutes(parts: {
  jobs: JobAdministration;
  /** What the documents that jobs are about are called; without those that are gone. */
  titlesOf(documentIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  places: ListenerPlaces;
  logger: Logger;
}): Route[] {
  const { jobs, titlesOf } = parts;
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/jobs',
      summary: 'Jobs, newest first',
      ...{ tag, access },
      query: jobsQuery,
      data: pageSchema(listedJobSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const page = await jobs.list(filter, { limit, before: readCursor(cursor, cursorSchema) });
        const titles = await titlesOf(page.items.flatMap(({ subjectId }) => subjectId ?? []));
        const titleOf = ({ subjectId }: Job) => titles.get(subjectId ?? '') ?? null;
        const items = page.items.map((each) => ({
          ...presentJob(each),
          documentTitle: titleOf(each),
        }));
        return { ...page, items };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/job-counts',
      summary: 'How many jobs there are of each status, without the recurring ones',
      ...{ tag, access },
      data: jobCountsSchema,
      handle: () => jobs.counts(),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/jobs/{id}',
      summary: 'One job',
      ...{ tag, access },
      params: jobParams,
      data: jobSchema,
      handle: async ({ params }) => presentJob(await jobs.byId(params.id)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/jobs/{id}/cancel',
      summary: 'Cancel what waits, stop what runs; 409 when it is over',
      ...{ tag, access },
      idempotent: true,
      params: jobParams,
      data: jobSchema,
      handle: async (context) =>
        presentJob(await jobs.cancel(administratorOf(context), context.params.id)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/jobs/{id}/retry',
      summary: 'Begin a failed or cancelled job anew; 409 for any other',
      ...{ tag, access },
      idempotent: true,
      params: jobParams,
      data: jobSchema,
      handle: async (context) =>
        presentJob(await jobs.retry(administratorOf(context), context.params.id)),
    }),
    eventsRoute(parts),
  ];
}

function eventsRoute(parts: {
  jobs: JobAdministration;
  places: ListenerPlaces;
  logger: Logger;
}): Route {
  const { jobs, places, logger } = parts;
  const onFailure = (error: unknown) => {
    logger.warn({ err: error }, 'event stream of a job ended early');
    const expected = toExpectedError(error);
    const message = expected?.message ?? '连接中断，请重新打开。';
    return { error: expected?.slug ?? 'unavailable', message };
  };
  return defineRoute({
    method: 'get',
    path: '/api/admin/jobs/{id}/events',
    summary:
      'Server-Sent Events: `job` with the job as it is and at every change, then `end`. Whoever comes back needs no position: the first event says it all',
    ...{ tag, access },
    params: jobParams,
    data: jobSchema,
    streams: true,
    handle: async ({ identity, params, response }) => {
      await jobs.byId(params.id);
      const leave = places.take(identity.userId);
      try {
        const gone = clientGone(response, places.leaving);
        const changes = toEvents(jobs.watch(params.id, gone), gone);
        await sendEvents(response, changes, { format: serverSentEvents, onFailure });
      } finally {
        leave();
      }
      return HANDLED;
    },
  });
}

async function* toEvents(
  changes: AsyncIterable<JobReply>,
  gone: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let last: JobReply | undefined;
  for await (const job of changes) {
    last = job;
    yield { id: job.revision, name: 'job', data: job };
  }
  // Otherwise it is this process that ends, not the job, and the listener comes back.
  if (last && !gone.aborted) yield { id: last.revision, name: 'end', data: last };
}

function administratorOf(context: { identity: { userId: string }; request: Request }) {
  return { userId: context.identity.userId, address: callerOf(context.request).address };
}
