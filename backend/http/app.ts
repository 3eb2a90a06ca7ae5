import cors from 'cors';
import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import helmet from 'helmet';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { toExpectedError } from './failure.ts';
import { mountRoute, type RouteParts } from './mount-route.ts';
import { createOpenApiDocument } from './openapi.ts';
import { ownPageGuard } from './own-page.ts';
import { requestContext } from './request-context.ts';
import type { Route } from './route.ts';

export interface AppParts extends RouteParts {
  routes: readonly Route[];
  /** Sees every request before the routes do. */
  metrics: Router;
  probes: Router;
  /** Pages of their own under the site's, with a policy of their own. */
  queuePages: Router;
  webPage: Router;
  logger: Logger;
  trustProxyHops: number;
  /** Other sites whose pages may call the API (with a token; never with our cookies). */
  corsOrigins: readonly string[];
  /** Where people find the site; over TLS browsers are told to stay with it. */
  publicUrl: string;
  version: string;
}

export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', parts.trustProxyHops);
  app.use(
    requestContext(parts.logger),
    securityHeaders(parts.publicUrl),
    parts.metrics,
    parts.probes,
  );
  app.use('/api', crossOrigin(parts.corsOrigins), ownPageGuard(parts.publicUrl));
  for (const route of parts.routes) mountRoute(app, route, parts);
  const document = createOpenApiDocument(parts.routes, parts.version);
  app.get('/api/openapi.json', (_request, response) => response.json(document));
  // The documentation is a page of the web app; everything else below /api is for programs.
  app.use('/api', (request, _response, next) => {
    next(request.path === '/docs' ? undefined : notFound());
  });
  app.use(parts.queuePages);
  app.use(parts.webPage);
  app.use((_request, _response, next) => next(notFound()));
  app.use(failureHandler(parts.logger));
  return app;
}

function notFound(): AppError {
  return new AppError(404, 'not_found', '没有这个地址。');
}

function crossOrigin(origins: readonly string[]) {
  return cors({
    origin: [...origins],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'Last-Event-ID',
      'X-Device-Id',
      'X-Request-Id',
    ],
    exposedHeaders: ['X-Request-Id', 'Retry-After'],
    maxAge: 600,
  });
}

/** Avatars that WeChat keeps are shown from there. */
const WECHAT_IMAGES = 'https://*.qlogo.cn';

/** Everything else the page needs comes from this origin; nothing is inline. */
function securityHeaders(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:', WECHAT_IMAGES],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: secure && { maxAge: 31_536_000, includeSubDomains: false },
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
