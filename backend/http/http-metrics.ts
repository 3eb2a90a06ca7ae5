import type { RequestHandler } from 'express';
import { type Metrics, SECONDS } from '../platform/metrics/metrics.ts';

/** What nginx writes of a caller who went away before there was a reply. */
const GONE = 499;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const STATUSES = [
  ...[
    101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 400, 401, 402, 403, 404, 405, 406, 409, 410,
  ],
  ...[412, 413, 415, 416, 422, 426, 429, 431, GONE, 500, 501, 502, 503, 504],
].map(String);
const STREAMS = /^text\/event-stream|^application\/x-ndjson/;
const NO_LABELS = {};

/**
 * Rate, errors and duration of requests, by route and never by path, which callers could make endless.
 * A reply that is streamed lasts as long as the answer: `streamed` keeps it out of what is slow.
 */
export function createHttpMetrics(metrics: Metrics, paths: readonly string[]): RequestHandler {
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its reply, by route; other: pages and what is unknown',
    labels: {
      method: METHODS,
      route: paths.map(toExpress),
      status: STATUSES,
      streamed: ['true', 'false'],
    },
    buckets: SECONDS,
  });
  const underWay = metrics.gauge({
    name: 'http_requests_under_way',
    help: 'Requests whose reply has not ended',
    labels: NO_LABELS,
  });
  return (request, response, next) => {
    const began = performance.now();
    underWay.add(NO_LABELS, 1);
    response.on('close', () => {
      underWay.add(NO_LABELS, -1);
      const labels = {
        method: request.method,
        route: String(request.route?.path),
        status: String(response.headersSent ? response.statusCode : GONE),
        streamed: String(STREAMS.test(String(response.getHeader('content-type')))),
      };
      duration.observe(labels, (performance.now() - began) / 1000);
    });
    next();
  };
}

/** `/api/sessions/{id}` as Express calls it. */
export function toExpress(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
