import type { ApiClient } from '../../api/api-client.ts';
import { readWithIdleLimit } from '../../api/idle-limit.ts';
import type { Network } from '../../api/network.ts';
import { createSseParser } from '../../api/sse-parser.ts';
import type { Job } from './job-types.ts';

interface JobLine {
  client: ApiClient;
  network: Network;
  jobId: string;
  /** Nobody wants to hear any more. */
  signal: AbortSignal;
  onJob(job: Job): void;
  /** The job is over, or gone. */
  onEnd(): void;
  onLost(lost: boolean): void;
}

const IDLE_LIMIT_MS = 45_000;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 8_000;

/** One connection, heard until it breaks; true when it told the end. */
async function hearOnce(line: JobLine, cut: AbortController): Promise<boolean> {
  const response = await line.client.open(`/api/admin/jobs/${line.jobId}/events`, {
    ...{ accept: 'text/event-stream', signal: cut.signal },
  });
  const reader = response.body?.getReader();
  if (!reader) return false;
  const parser = createSseParser();
  try {
    for (;;) {
      const { done, value } = await readWithIdleLimit(reader, IDLE_LIMIT_MS);
      if (done) return false;
      for (const { event, data } of parser.push(value)) {
        if (event === 'error') return false;
        line.onLost(false);
        line.onJob(JSON.parse(data) as Job);
        if (event === 'end') return true;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function rest({ network, signal }: JobLine, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      unwatch();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    const unwatch = network.watch(wake);
    signal.addEventListener('abort', wake);
  });
}

function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === 404;
}

/** Listens to a job until it is over, over however many connections: each begins with how it stands. */
export async function listenToJob(line: JobLine): Promise<void> {
  let restMs = FIRST_REST_MS;
  while (!line.signal.aborted) {
    const cut = new AbortController();
    const hangUp = () => cut.abort();
    const unwatch = line.network.watch(hangUp);
    line.signal.addEventListener('abort', hangUp);
    try {
      const onJob = (job: Job) => {
        restMs = FIRST_REST_MS;
        line.onJob(job);
      };
      if (await hearOnce({ ...line, onJob }, cut)) return line.onEnd();
    } catch (error) {
      if (isGone(error)) return line.onEnd();
    } finally {
      unwatch();
      line.signal.removeEventListener('abort', hangUp);
    }
    if (line.signal.aborted) return;
    line.onLost(true);
    await rest(line, restMs);
    restMs = Math.min(restMs * 2, LONGEST_REST_MS);
  }
}
