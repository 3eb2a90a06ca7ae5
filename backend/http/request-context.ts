import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';

const ACCEPTABLE_ID = /^[\w.:-]{1,128}$/;

/** Gives every request an id (a caller's valid one is kept) and one log line when it is over. */
export function requestContext(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given && ACCEPTABLE_ID.test(given) ? given : randomUUID();
    const started = performance.now();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const { method, path } = request;
      const elapsedMs = Math.round(performance.now() - started);
      logger.info({ requestId, method, path, status: response.statusCode, elapsedMs }, 'request');
    });
    next();
  };
}
