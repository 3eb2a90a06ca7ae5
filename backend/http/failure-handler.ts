import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { toExpectedError } from './failure.ts';

export function noSuchAddress(): AppError {
  return new AppError(404, 'not_found', '没有这个地址。');
}

/** The last of the handlers that are no failure handlers. */
export const notFound: RequestHandler = (_request, _response, next) => next(noSuchAddress());

/** Turns whatever was thrown into the body that every failed reply has; what nobody expected is logged. */
export function failureHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, _request, response, _next) => {
    const requestId: string = response.locals.requestId;
    const expected = toExpectedError(thrown);
    if (!expected) logger.error({ err: thrown, requestId }, 'request failed');
    const error = expected ?? new AppError(500, 'internal', '服务出错了，请把请求编号告诉我们。');
    if (error.status === 503) logger.warn({ err: error, requestId }, 'request unavailable');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error.retryAfterSeconds) response.setHeader('Retry-After', String(error.retryAfterSeconds));
    response.status(error.status).json({
      code: error.status,
      message: error.message,
      error: error.slug,
      requestId,
      ...(error.details ? { details: error.details } : {}),
    });
  };
}
