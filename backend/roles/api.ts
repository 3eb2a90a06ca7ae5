import type { Server } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { createFrameWatch } from '../chat/frame-watch.ts';
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
import { createLeavableServer } from '../http/leavable-server.ts';
import { createProbes } from '../http/probes.ts';
import { type CallCount, createCallCount, createRateLimit } from '../http/rate-limit.ts';
import type { Route } from '../http/route.ts';
import { refuseUnreadableRequests } from '../http/unreadable-requests.ts';
import { acceptUpgrades } from '../http/upgrades.ts';
import { createWebPage } from '../http/web-page.ts';
import { jobRoutes } from '../jobs/job-routes.ts';
import { jobSchema, presentJob } from '../jobs/job-schemas.ts';
import { createQueuePages, queuePassRoute } from '../jobs/queue-dashboard.ts';
import { libraryRoutes } from '../library/library-routes.ts';
import { readingReportRoutes } from '../library/reading-reports/reading-report-routes.ts';
import { readingUploadRoutes } from '../library/reading-upload-routes.ts';
import { vectorSpaceRoutes } from '../library/vector-spaces/vector-space-routes.ts';
import { createListenerPlaces, type ListenerPlaces } from '../realtime/listener-places.ts';
import { createWebSockets } from '../realtime/web-sockets.ts';
import { VERSION } from '../version.ts';
import { createReadiness } from './readiness.ts';
import type { Role, RoleParts } from './role.ts';

/** When the answers of this process have ended: how long listeners may take to hear that. */
const FAREWELL_MS = 1_000;
/** More than a learner with all devices and pages open; without limits, as many as there are. */
const MOST_LISTENERS = 40;
/**
 * Balancers that look at `/ready` have left before the port closes. Others notice by being refused; what
 * they send meanwhile over connections that they kept is served, so that none is closed in their face.
 */
const MOST_LINGER_MS = 1_000;

/** Serves HTTP. Resolves once it listens; a port that is taken is said in plain words. */
export async function startApi(parts: RoleParts): Promise<Role & { url: string }> {
  const { config, platform, services, logger } = parts;
  const passport = createPassport(services.accounts);
  const count = createCallCount(config.rateLimits, platform.rateCounters);
  const places = createListenerPlaces(config.rateLimits.disabled ? Infinity : MOST_LISTENERS);
  const { answers } = services;
  const { metrics, tracing } = platform.observation;
  const rateLimit = createRateLimit(count);
  let leaving = false;
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
    wrote: services.wrote,
    ...{ metrics, tracing },
    probes: createProbes({ readiness: createReadiness(parts), leaving: () => leaving, metrics }),
    webPage: createWebPage(path.join(parts.root, 'dist', 'web')),
    logger,
    trustProxyHops: config.trustProxyHops,
    corsOrigins: config.corsOrigins,
    publicUrl: config.publicUrl,
    version: VERSION,
  });
  const leavable = createLeavableServer(app);
  const { server } = leavable;
  refuseUnreadableRequests(server);
  const sockets = openSockets(parts, server, { app, passport, count, places });
  await leavable.listen(config.port, config.host);
  return {
    url: urlOf(server, config.host),
    retire() {
      leaving = true;
      leavable.retire();
    },
    async stop() {
      await leavable.shut();
      await sleep(Math.min(config.drain.delayMs, MOST_LINGER_MS));
      leavable.closeQuiet();
      sockets.drain();
      // Each connection brings at most the request that is under way on it.
      await answers.drain(config.drain.timeoutMs, leavable.isAsked);
      await Promise.all([sockets.end(FAREWELL_MS), leavable.quiet(FAREWELL_MS)]);
      // Who still listens hears answers of other processes, and goes on there.
      places.leave();
      await services.reports.live.flush();
      await leavable.close();
    },
  };
}

function documentAdministration({ services }: RoleParts): Route[] {
  const { documents, idempotency, jobAdministration, jobs, spoolFolder, stores } = services;
  const presentation = {
    schema: jobSchema,
    async present(jobId: string | null) {
      const job = jobId === null ? undefined : await jobAdministration.find(jobId);
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
  const { metrics, tracing } = platform.observation;
  const answerSockets = createAnswerSockets({
    answers: services.answers,
    authentication: { identify: tokenAuthentication(passport), expiryOf: accessTokenExpiry },
    models: platform.models,
    watch: createFrameWatch(metrics, tracing),
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

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere || host === '127.0.0.1' ? 'localhost' : host}:${port}`;
}
