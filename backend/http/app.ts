import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';
import { failureHandler, noSuchAddress, notFound } from './failure-handler.ts';
import { createHttpMetrics } from './http-metrics.ts';
import { mountRoute, type RouteParts } from './mount-route.ts';
import { createOpenApiDocument } from './openapi.ts';
import { ownPageGuard } from './own-page.ts';
import { requestContext } from './request-context.ts';
import type { Route } from './route.ts';

export interface AppParts extends RouteParts {
  routes: readonly Route[];
  metrics: Metrics;
  tracing: Tracing;
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

/** What is served without a route of its own in the document. */
const BESIDE_ROUTES = ['/health', '/ready', '/metrics', '/api/openapi.json'];

export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', parts.trustProxyHops);
  app.use(
    requestContext(parts.logger, parts.tracing),
    createHttpMetrics(parts.metrics, [...parts.routes.map(({ path }) => path), ...BESIDE_ROUTES]),
    securityHeaders(parts.publicUrl),
    parts.probes,
  );
  app.use('/api', keptByNobody, crossOrigin(parts.corsOrigins), ownPageGuard(parts.publicUrl));
  for (const route of parts.routes) mountRoute(app, route, parts);
  const document = createOpenApiDocument(parts.routes, parts.version);
  app.get('/api/openapi.json', (_request, response) => response.json(document));
  // The documentation is a page of the web app; everything else below /api is for programs.
  app.use('/api', (request, _response, next) => {
    next(request.path === '/docs' ? undefined : noSuchAddress());
  });
  app.use(parts.queuePages);
  app.use(parts.webPage);
  app.use(notFound);
  app.use(failureHandler(parts.logger));
  return app;
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

/** What everybody may read is asked for again by its ETag; the rest is between us and the caller. */
const keptByNobody: RequestHandler = (request, response, next) => {
  const forEverybody = /^\/(library\/|openapi\.json$)/.test(request.path);
  response.set('Cache-Control', forEverybody ? 'no-cache' : 'no-store');
  next();
};

/** The page uses none of them, and nothing that gets into it shall. */
const PERMISSIONS =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()';

/** Avatars that WeChat keeps are shown from there. */
const WECHAT_IMAGES = 'https://*.qlogo.cn';

/** Everything else the page needs comes from this origin; nothing is inline. */
function securityHeaders(publicUrl: string): RequestHandler[] {
  const secure = publicUrl.startsWith('https:');
  const helmets = helmet({
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
  const permissions: RequestHandler = (_request, response, next) => {
    response.set('Permissions-Policy', PERMISSIONS);
    next();
  };
  return [helmets, permissions];
}
