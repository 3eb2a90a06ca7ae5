import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import helmet from 'helmet';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { toExpectedError } from './failure.ts';
import { mountRoute, type RouteParts } from './mount-route.ts';
import { createOpenApiDocument } from './openapi.ts';
import { requestContext } from './request-context.ts';
import type { Route } from './route.ts';

export interface AppParts extends RouteParts {
  routes: readonly Route[];
  /** Sees every request before the routes do. */
  metrics: Router;
  probes: Router;
  webPage: Router;
  logger: Logger;
  trustProxyHops: number;
  version: string;
}

export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', parts.trustProxyHops);
  app.use(requestContext(parts.logger), securityHeaders(), parts.metrics, parts.probes);
  for (const route of parts.routes) mountRoute(app, route, parts);
  const document = createOpenApiDocument(parts.routes, parts.version);
  app.get('/api/openapi.json', (_request, response) => response.json(document));
  // The documentation is a page of the web app; everything else below /api is for programs.
  app.use('/api', (request, _response, next) => {
    next(request.path === '/docs' ? undefined : notFound());
  });
  app.use(parts.webPage);
  app.use((_request, _response, next) => next(notFound()));
  app.use(failureHandler(parts.logger));
  return app;
}

function notFound(): AppError {
  return new AppError(404, 'not_found', '没有这个地址。');
}

/** Everything the page needs comes from this origin; nothing is inline. */
function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });
}

function failureHandler(logger: Logger): ErrorRequestHandler {
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
