import { checkQuotesIn } from '../ai/quotes.ts';
import { createRetriever } from '../ai/rag/retriever.ts';
import { createTutorChain, DEFAULT_LIMITS, promptTokenBudget } from '../ai/tutor-chain.ts';
import type { WorkSource } from '../corpus/source-work.ts';
import { createAccounts } from './accounts/compose-accounts.ts';
import { createUserAdministration } from './admin/user-administration.ts';
import { createBillingExport } from './billing/billing-export.ts';
import { createBilling, WRONG_CODES } from './billing/compose-billing.ts';
import { createRecharge } from './billing/recharge/compose-recharge.ts';
import { createReports } from './billing/reports/compose-reports.ts';
import { createAnswerFinishing } from './chat/answer-finishing.ts';
import { createAnswerGeneration } from './chat/answer-generation.ts';
import { createAnswerService } from './chat/answer-service.ts';
import { createQuestionAcceptance } from './chat/question-acceptance.ts';
import { createRunningAnswers } from './chat/running-answers.ts';
import { createSessionExport } from './chat/session-export.ts';
import { createSessionService } from './chat/session-service.ts';
import { composeStores, createTransact } from './compose-stores.ts';
import type { Config } from './config.ts';
import { createIdempotency } from './http/idempotency.ts';
import { createMistakeLimit } from './http/rate-limit.ts';
import { createJobService } from './jobs/job-service.ts';
import { createIngestionService } from './library/ingestion-service.ts';
import { createLibraryService } from './library/library-service.ts';
import { openPublishedLibrary } from './library/published-library.ts';
import type { Logger } from './logger.ts';
import type { Platform } from './platform/platform.ts';
import { createSecretBox } from './platform/secret-box.ts';
import { createEventLog } from './realtime/event-log.ts';

export type Services = Awaited<ReturnType<typeof composeServices>>;

const MAX_OUTPUT_TOKENS = 1_500;

/** The whole object graph on one page, blind to the mode. */
export async function composeServices(parts: {
  config: Config;
  platform: Platform;
  corpus: readonly WorkSource[];
  jwtSecret: string;
  logger: Logger;
}) {
  const { config, platform, corpus, jwtSecret, logger } = parts;
  const { bus, cache, countTokens, database, embeddings, eventStore, model, queue, vectors } =
    platform;
  const stores = composeStores(database.knex);
  const transact = createTransact(database.knex);

  const published = await openPublishedLibrary(stores.library, bus, logger);
  const retriever = createRetriever({
    library: published.library,
    embeddings,
    vectors,
    onDenseFailure: (error) => logger.warn({ err: error }, 'lexical retrieval answers alone'),
  });
  const chain = createTutorChain({ retriever, model, countTokens });

  const { signupGrantTokens, guestGrantTokens } = config;
  const grants = { signupGrantTokens, guestGrantTokens };
  const { encryptionKey, jwtPreviousSecrets } = config;
  const secretBox = createSecretBox({ encryptionKey, jwtSecret, jwtPreviousSecrets });
  const billing = createBilling({
    ...{ stores, transact, cache, secretBox },
    wrongCodes: createMistakeLimit(WRONG_CODES, config.rateLimits, platform.rateCounters),
    // Without a key the offline tutor answers, by whatever name it was asked.
    models: model.online ? platform.models : [...platform.models, model.name],
  });
  const { miniprogram: miniProgram, baseUrl } = config.wechat;
  const recharge = createRecharge({
    ...{ stores, transact, publicUrl: config.publicUrl, logger },
    ...{ wechatPay: config.wechatPay, virtualPayment: config.virtualPayment },
    miniProgram: miniProgram && { ...miniProgram, baseUrl },
    payers: {
      async openidOf(userId, appId) {
        const identities = await stores.wechatIdentities.ofUser(userId);
        return identities.find((each) => each.appId === appId)?.openid;
      },
    },
    sessionKeys: { of: (userId) => accounts.wechat.sessionKeyOf(userId) },
  });
  const { lowBalanceTokens } = config;
  const reports = createReports({
    ...{ knex: database.knex, reader: database.reader, stores, transact, logger },
    counters: platform.counters,
    mails: platform.mailer,
    ...{ lowBalanceTokens, publicUrl: config.publicUrl },
  });
  const jobs = createJobService(stores.jobs, queue, logger);
  const stopAnswers = (userId: string) => answers.stopAllFor(userId);
  const accounts = createAccounts({
    ...{ stores, transact, jwtSecret, ...grants },
    jwtPreviousSecrets: config.jwtPreviousSecrets,
    ...{ wechat: config.wechat, publicUrl: config.publicUrl, logger },
    encryptionKey: config.encryptionKey,
    mailer: platform.mailer,
    closingDays: config.accountClosingDays,
    exportSections: {
      sessions: createSessionExport(stores),
      ...createBillingExport(billing.account, stores),
    },
    stopAnswers,
    sendMails() {
      jobs.wakeDue().catch((error: unknown) => {
        logger.warn({ err: error }, 'mails wait for the next sweep');
      });
    },
  });

  const events = createEventLog({ store: eventStore, bus, logger });
  const running = createRunningAnswers(stores.messages, logger);
  const usualModel = config.deepseek?.model ?? model.name;
  const accept = createQuestionAcceptance(transact, {
    owner: platform.instanceId,
    leaseUntil: running.leaseUntil,
    usualModel,
    quotaGate: billing.quotaGate,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    promptTokens: (question, history) =>
      promptTokenBudget(DEFAULT_LIMITS, countTokens, question, history),
    cohortOf: (userId) => (config.cohortPerUser ? userId : undefined),
  });
  const finish = createAnswerFinishing(transact, { usualModel, countTokens, lowBalanceTokens });
  const generation = createAnswerGeneration({
    chain,
    checkQuotes: (answer) => checkQuotesIn(answer, published.library),
    events,
    running,
    async finish(accepted, outcome, reported) {
      const ended = await finish(accepted, outcome, reported);
      const used = outcome.status === 'failed' ? undefined : ended?.message.usage;
      if (used) reports.live.count({ ...used, userId: accepted.userId });
      return ended;
    },
    logger,
  });
  const answers = await createAnswerService({
    ...{ generation, running, transact, events, eventStore, bus, logger },
    // The offline tutor answers to any name, and costs what it costs by its own.
    accept: model.online ? accept : (ask) => accept({ ...ask, model: undefined }),
    messages: stores.messages,
    balanceOf: (userId) => stores.balances.read(userId),
    instanceId: platform.instanceId,
  });

  return {
    accounts,
    administration: createUserAdministration({ stores, transact, stopAnswers, logger }),
    answers,
    billing,
    idempotency: createIdempotency(stores.idempotency),
    ingestion: createIngestionService({
      ...{ corpus, stores, transact, embeddings, vectors, published, logger },
      vectorSpace: platform.vectorSpace,
      unfinishedJobs: (kinds) => stores.jobs.unfinished(kinds),
    }),
    jobs,
    library: createLibraryService({
      store: composeStores(database.reader).library,
      published,
      retriever,
      cache,
    }),
    published,
    recharge,
    reports,
    sessions: createSessionService({ ...stores, stopAnswer: answers.stop }),
    stores,
  };
}
