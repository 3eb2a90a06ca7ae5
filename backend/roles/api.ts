import { createServer, type Server } from 'node:http';
import path from 'node:path';
import type { Express } from 'express';
import { inspectFile } from '../../corpus/uploads/inspect-file.ts';
import { accountRoutes } from '../accounts/account-routes.ts';
import { accessTokenExpiry } from '../accounts/logins/access-tokens.ts';
import { createPassport } from '../accounts/passport-strategies.ts';
import { adminRoutes } from '../admin/admin-routes.ts';
import { billingRoutes } from '../billing/billing-routes.ts';
import { paymentNoticeListRoutes } from '../billing/recharge/payment-notice-list.ts';
import { paymentNoticeRoutes } from '../billing/recharge/payment-notice-routes.ts';
import { rechargeRoutes } from '../billing/recharge/recharge-routes.ts';
import { refundRoutes } from '../billing/recharge/refund-routes.ts';
import { reportRoutes } from '../billing/reports/report-routes.ts';
import { answerRoutes } from '../chat/answer-routes.ts';
import { createAnswerSockets } from '../chat/answer-sockets.ts';
import { keepsakeRoutes } from '../chat/keepsake-routes.ts';
import { messageRoutes } from '../chat/message-routes.ts';
import { sessionRoutes } from '../chat/session-routes.ts';
import {
  createDocumentView,
  documentRoutes,
  libraryCheckRoute,
} from '../documents/document-routes.ts';
import { enrichmentRoutes } from '../documents/enrichment/enrichment-routes.ts';
import { uploadRoute } from '../documents/upload-route.ts';
import { createApp } from '../http/app.ts';
import { type Passport, tokenAuthentication } from '../http/authentication.ts';
import { createMetrics, createProbes, type Readiness } from '../http/probes.ts';
import { type CallCount, createCallCount, createRateLimit } from '../http/rate-limit.ts';
import type { Route } from '../http/route.ts';
import { acceptUpgrades, UpgradableMessage } from '../http/upgrades.ts';
import { createWebPage } from '../http/web-page.ts';
import { jobMetrics } from '../jobs/job-metrics.ts';
import { jobRoutes } from '../jobs/job-routes.ts';
import { jobSchema, presentJob } from '../jobs/job-schemas.ts';
import { createQueuePages, queuePassRoute } from '../jobs/queue-dashboard.ts';
import { libraryRoutes } from '../library/library-routes.ts';
import { readingReportRoutes } from '../library/reading-reports/reading-report-routes.ts';
import { readingUploadRoutes } from '../library/reading-upload-routes.ts';
import { vectorSpaceRoutes } from '../library/vector-spaces/vector-space-routes.ts';
import { createListenerPlaces, type ListenerPlaces } from '../realtime/listener-places.ts';
import { createWebSockets } from '../realtime/web-sockets.ts';
import type { Role, RoleParts } from './role.ts';

const VERSION = '0.1.0';
/** How long running answers may take to end when the process is asked to stop. */
const DRAIN_MS = 10_000;
/** How long listeners may then take to hear the end. */
const FAREWELL_MS = 1_000;
/** More than a learner with all devices and pages open; without limits, as many as there are. */
const MOST_LISTENERS = 40;
/**
 * Longer than those in front keep a quiet connection (nginx and most balancers: 60 s): whoever closes
 * first must be the one who sends, or a request now and then meets a connection that is just closed.
 */
const KEEP_ALIVE_MS = 75_000;

/** Serves HTTP. Resolves once it listens; a port that is taken is said in plain words. */
export async function startApi(parts: RoleParts): Promise<Role & { url: string }> {
  const { config, platform, services, logger } = parts;
  const passport = createPassport(services.accounts);
  const count = createCallCount(config.rateLimits, platform.rateCounters);
  const places = createListenerPlaces(config.rateLimits.disabled ? Infinity : MOST_LISTENERS);
  const { answers } = services;
  const rateLimit = createRateLimit(count);
  let draining = false;
  const app = createApp({
    passport,
    routes: [
      ...accountRoutes(services.accounts, passport, config.publicUrl),
      ...sessionRoutes(services.sessions),
      ...keepsakeRoutes(services.keepsakes),
      ...answerRoutes({ answers, models: platform.models, places, logger }),
      ...messageRoutes(answers),
      ...billingRoutes(services.billing, services.recharge.channels),
      ...rechargeRoutes({ ...services.recharge, redeem: services.billing.redeem }),
      ...refundRoutes(services.recharge),
      ...paymentNoticeRoutes(services.recharge),
      ...paymentNoticeListRoutes(services.stores.paymentNotices),
      ...reportRoutes(services.reports),
      ...documentAdministration(parts),
      ...libraryRoutes(services.library),
      ...vectorSpaceRoutes(services.vectorSpaces),
      ...readingReportRoutes(services.readingReports),
      ...readingUploadRoutes(services.takeReadings),
      ...adminRoutes(services.administration),
      ...jobRoutes({
        ...{ jobs: services.jobAdministration, places, logger },
        titlesOf: services.documents.documents.titles,
      }),
      queuePassRoute(services.queuePass, platform.openQueueDashboard !== undefined),
    ],
    rateLimit,
    queuePages: createQueuePages(
      services.queuePass,
      platform.openQueueDashboard,
      rateLimit('others'),
    ),
    idempotency: services.idempotency,
    metrics: createMetrics(
      [
        {
          name: 'reconciliation_alarms',
          help: 'Differences in the books that no administrator has taken note of',
          read: () => services.reports.reconciliations.alarms(),
        },
      ],
      jobMetrics(services.stores.jobArchive, platform),
    ),
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
  const server = createServer(
    { IncomingMessage: UpgradableMessage, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  );
  const sockets = openSockets(parts, server, { app, passport, count, places });
  await listen(server, config.port, config.host);
  return {
    url: urlOf(server, config.host),
    async stop() {
      draining = true;
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.drain();
      await answers.drain(DRAIN_MS);
      await sockets.end(FAREWELL_MS);
      await services.reports.live.flush();
      server.closeIdleConnections();
      const cutOff = setTimeout(() => server.closeAllConnections(), 2_000);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

function documentAdministration({ services }: RoleParts): Route[] {
  const { documents, idempotency, jobs, spoolFolder, stores } = services;
  const presentation = {
    schema: jobSchema,
    async present(jobId: string | null) {
      const job = jobId === null ? undefined : await stores.jobs.byId(jobId);
      return job ? presentJob(job) : null;
    },
  };
  const view = createDocumentView(presentation);
  const upload = { documents: documents.documents, view, idempotency, spoolFolder };
  return [
    uploadRoute({ ...upload, inspect: inspectFile }),
    ...documentRoutes(documents.documents, view),
    ...enrichmentRoutes(documents.enrichment, documents.documents, view),
    libraryCheckRoute(presentation, async (by) => {
      const jobId = await jobs.enqueue('check-library', {}, { dedupeKey: 'asked for' });
      await stores.audit.record({
        ...{ actorId: by.userId, address: by.address, action: 'library.check' },
        ...{ targetType: 'library', targetId: 'library', detail: {} },
      });
      return jobId;
    }),
  ];
}

/** The WebSockets at `/ws`, beside the app on the same server. */
function openSockets(
  { config, platform, services, logger }: RoleParts,
  server: Server,
  given: { app: Express; passport: Passport; count: CallCount; places: ListenerPlaces },
) {
  const { app, passport, count, places } = given;
  const webSockets = createWebSockets();
  const answerSockets = createAnswerSockets({
    answers: services.answers,
    authentication: { identify: tokenAuthentication(passport), expiryOf: accessTokenExpiry },
    models: platform.models,
    ...{ count, places, logger },
  });
  const { publicUrl, corsOrigins } = config;
  const { admit } = answerSockets;
  const rules = { path: '/ws', app, publicUrl, corsOrigins, count, admit, logger };
  acceptUpgrades(server, rules, ({ request, socket, head, caller }) => {
    webSockets.accept(request, socket, head, (line) => answerSockets.begin(line, caller.address));
  });
  return {
    drain: () => answerSockets.drain(),
    async end(deadlineMs: number) {
      await answerSockets.left(deadlineMs);
      webSockets.stop();
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
    state(platform.vectorSpace.vectors.count()),
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
