import { Router } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Readiness {
  /** `down` of these two means that no question can be answered. */
  database: 'up' | 'down';
  library: { state: 'ingesting' | 'complete'; passages: number };
  /** These may be away: rate limits open, retrieval goes on without vectors. */
  cache: 'up' | 'down';
  vectors: 'up' | 'down';
  model: 'online' | 'offline';
}

/** For load balancers and Prometheus; outside `/api` and its limits. */
export function createProbes(readiness: () => Promise<Readiness>, draining: () => boolean): Router {
  const router = Router();
  router.get('/health', (_request, response) => {
    response.json({ code: 0, message: 'success', data: { status: 'alive' } });
  });
  router.get('/ready', async (_request, response) => {
    const data = await readiness();
    const { passages, state } = data.library;
    const readable = passages > 0 || state === 'complete';
    const ready = !draining() && data.database === 'up' && readable;
    const verdict = ready
      ? { code: 0, message: 'success' }
      : { code: 503, message: '还没有准备好。', error: 'unavailable' };
    const { requestId } = response.locals;
    response.status(ready ? 200 : 503).json({ ...verdict, ...(ready ? {} : { requestId }), data });
  });
  return router;
}

/** Request durations by route (never by raw path, which callers could make endless), and the process. */
export function createMetrics(): Router {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to the end of the reply',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  const router = Router();
  router.use((request, response, next) => {
    const stop = duration.startTimer();
    response.on('close', () => {
      const route: string = request.route?.path ?? 'none';
      stop({ method: request.method, route, status: String(response.statusCode) });
    });
    next();
  });
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
