import { Router } from 'express';
import type { Metrics } from '../platform/metrics/metrics.ts';

export interface Readiness {
  /** Without these no question can be answered. */
  database: 'up' | 'down';
  /** Only with one that fits; one that is newer may have lost what this program needs. */
  schema: 'fits' | 'too_old' | 'too_new';
  library: { state: 'ingesting' | 'complete'; passages: number };
  /** These may be away: rate limits open, retrieval goes on without vectors. */
  cache: 'up' | 'down';
  vectors: 'up' | 'down';
  model: 'online' | 'offline';
}

/**
 * For load balancers and Prometheus; outside `/api` and its limits. `readiness` is asked by each probe
 * and must be cheap; a process that is about to end is never ready.
 */
export function createProbes(parts: {
  readiness: () => Promise<Readiness>;
  leaving: () => boolean;
  metrics: Metrics;
  /** Left out: whether questions can be answered. */
  isReady?: ((readiness: Readiness) => boolean) | undefined;
}): Router {
  const { readiness, leaving, metrics, isReady = canAnswer } = parts;
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    const { contentType, text } = await metrics.expose();
    response.type(contentType).send(text);
  });
  router.get('/health', (_request, response) => {
    response.json({ code: 0, message: 'success', data: { status: 'alive' } });
  });
  router.get('/ready', async (_request, response) => {
    const data = await readiness();
    const ready = !leaving() && isReady(data);
    const verdict = ready
      ? { code: 0, message: 'success' }
      : { code: 503, message: '还没有准备好。', error: 'unavailable' };
    const { requestId } = response.locals;
    response.status(ready ? 200 : 503).json({ ...verdict, ...(ready ? {} : { requestId }), data });
  });
  return router;
}

/** `complete` without a passage is a site that has no books, and knows it. */
function canAnswer({ database, schema, library }: Readiness): boolean {
  const readable = library.passages > 0 || library.state === 'complete';
  return database === 'up' && schema === 'fits' && readable;
}
