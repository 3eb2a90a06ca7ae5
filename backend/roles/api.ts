import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { accountRoutes } from '../accounts/account-routes.ts';
import { createPassport } from '../accounts/passport-strategies.ts';
import { adminRoutes } from '../admin/admin-routes.ts';
import { billingRoutes } from '../billing/billing-routes.ts';
import { paymentNoticeRoutes } from '../billing/recharge/payment-notice-routes.ts';
import { rechargeRoutes } from '../billing/recharge/recharge-routes.ts';
import { refundRoutes } from '../billing/recharge/refund-routes.ts';
import { reportRoutes } from '../billing/reports/report-routes.ts';
import { answerRoutes } from '../chat/answer-routes.ts';
import { sessionRoutes } from '../chat/session-routes.ts';
import { createApp } from '../http/app.ts';
import { createMetrics, createProbes, type Readiness } from '../http/probes.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import { createWebPage } from '../http/web-page.ts';
import { libraryRoutes } from '../library/library-routes.ts';
import type { Role, RoleParts } from './role.ts';

const VERSION = '0.1.0';
/** How long running answers may take to end when the process is asked to stop. */
const DRAIN_MS = 10_000;

/** Serves HTTP. Resolves once it listens; a port that is taken is said in plain words. */
export async function startApi(parts: RoleParts): Promise<Role & { url: string }> {
  const { config, platform, services, logger } = parts;
  const passport = createPassport(services.accounts);
  let draining = false;
  const app = createApp({
    passport,
    routes: [
      ...accountRoutes(services.accounts, passport, config.publicUrl),
      ...sessionRoutes(services.sessions),
      ...answerRoutes(services.answers, platform.models, logger),
      ...billingRoutes(services.billing, services.recharge.channels),
      ...rechargeRoutes({ ...services.recharge, redeem: services.billing.redeem }),
      ...refundRoutes(services.recharge),
      ...paymentNoticeRoutes(services.recharge),
      ...reportRoutes(services.reports),
      ...libraryRoutes(services.library),
      ...adminRoutes(services.administration),
    ],
    rateLimit: createRateLimit(config.rateLimits, platform.rateCounters),
    idempotency: services.idempotency,
    metrics: createMetrics(),
    probes: createProbes(
      () => readinessOf(parts),
      () => draining,
    ),
    webPage: createWebPage(path.join(parts.root, 'dist', 'web')),
    logger,
    trustProxyHops: config.trustProxyHops,
    corsOrigins: config.corsOrigins,
    publicUrl: config.publicUrl,
    version: VERSION,
  });
  const server = createServer(app);
  await listen(server, config.port, config.host);
  return {
    url: urlOf(server, config.host),
    async stop() {
      draining = true;
      const closed = new Promise((resolve) => server.close(resolve));
      await services.answers.drain(DRAIN_MS);
      await services.reports.live.flush();
      server.closeIdleConnections();
      const cutOff = setTimeout(() => server.closeAllConnections(), 2_000);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

async function readinessOf({ platform, services }: RoleParts): Promise<Readiness> {
  const state = async (check: Promise<unknown>) =>
    check.then(
      (answer) => (answer === false ? ('down' as const) : ('up' as const)),
      () => 'down' as const,
    );
  const [database, cache, vectors] = await Promise.all([
    state(platform.database.knex.raw('select 1')),
    state(platform.cacheAlive()),
    state(platform.vectors.count()),
  ]);
  const passages = services.published.library.passageCount;
  const library =
    database === 'up'
      ? await services.ingestion.progress()
      : { state: 'ingesting' as const, passages };
  const model = platform.model.online ? 'online' : 'offline';
  return { database, cache, vectors, model, library };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is taken; choose another with PORT=… npm start`
          : `cannot listen on ${host}:${port} (${cause.message}); see PORT and HOST`;
      reject(new Error(reason, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere || host === '127.0.0.1' ? 'localhost' : host}:${port}`;
}
