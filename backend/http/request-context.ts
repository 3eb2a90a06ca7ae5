import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import { apart, currentIds } from '../platform/scope.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';

const ACCEPTABLE_ID = /^[\w.:-]{1,128}$/;
/** Asked every few seconds by those who only look after the process. */
const UNTRACED = new Set(['/health', '/ready', '/metrics']);
/** No route of ours is longer. */
const LONGEST_PATH = 500;

/**
 * Gives every request an id (a caller's valid one is kept), a place in its caller's trace, and one log
 * line when it is over. Whatever is logged on its way carries the ids.
 */
export function requestContext(logger: Logger, tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given && ACCEPTABLE_ID.test(given) ? given : randomUUID();
    const started = performance.now();
    const { method } = request;
    const path = request.path.slice(0, LONGEST_PATH);
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    const span = UNTRACED.has(path)
      ? undefined
      : tracing.begin(method, {
          kind: 'server',
          parent: request.get('traceparent') ?? null,
          attributes: { 'http.request.method': method, 'url.path': path },
        });
    const begin = () => {
      const ids = currentIds();
      response.on('close', () => {
        const { statusCode: status } = response;
        const elapsedMs = Math.round(performance.now() - started);
        logger.info({ ...ids, method, path, status, elapsedMs }, 'request');
        const route = String(request.route?.path ?? 'other');
        span?.name(`${method} ${route}`);
        span?.set({ 'http.route': route, 'http.response.status_code': status });
        if (status >= 500) span?.fail(String(status));
        span?.end();
      });
      next();
    };
    apart({ requestId }, () => (span ? span.run(begin) : begin()));
  };
}
