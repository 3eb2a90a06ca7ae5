import { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

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

/** A number that is asked for when somebody reads the metrics; NaN while nobody can tell. */
export interface Reading {
  name: string;
  help: string;
  read(): Promise<number>;
}

/** Several numbers of one name, told apart by labels of which there must be few. */
export interface LabelledReading {
  name: string;
  help: string;
  /** `counter`: only ever grows, also when it is read from elsewhere. */
  type: 'gauge' | 'counter';
  labels: readonly string[];
  read(): Promise<{ labels: Record<string, string>; value: number }[]>;
}

/**
 * Request durations by route (never by raw path, which callers could make endless), the process, and
 * what else is to be watched.
 */
export function createMetrics(
  readings: readonly Reading[] = [],
  labelledReadings: readonly LabelledReading[] = [],
): Router {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to the end of the reply',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  for (const { name, help, read } of readings) {
    const collect = async () => gauge.set(await read().catch(() => Number.NaN));
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect });
  }
  for (const reading of labelledReadings) watch(reading, registry);
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

function watch({ name, help, type, labels, read }: LabelledReading, registry: Registry): void {
  const collect = async () => {
    const values = await read().catch(() => []);
    metric.reset();
    for (const { labels: own, value } of values) metric.inc(own, value);
  };
  const configuration = { name, help, labelNames: [...labels], registers: [registry], collect };
  const metric = type === 'gauge' ? new Gauge(configuration) : new Counter(configuration);
}
