import path from 'node:path';
import type { OnHouseUsage } from '../ai/brief-request.ts';
import { createClassicalWording } from '../ai/questions/classical-wording.ts';
import { createRewriteQuestion } from '../ai/questions/rewrite-question.ts';
import { checkQuotesIn } from '../ai/quotes.ts';
import { createAnswerable } from '../ai/rag/answerable.ts';
import type { CountTokens } from '../ai/tokens/count-tokens.ts';
import {
  createTutorChain,
  DEFAULT_LIMITS,
  LEAST_PASSAGE_TOKENS,
  promptTokenBudget,
} from '../ai/tutor-chain.ts';
import type { WorkSource } from '../corpus/source-work.ts';
import { createAccounts } from './accounts/compose-accounts.ts';
import { createUserAdministration } from './admin/user-administration.ts';
import { createBillingExport } from './billing/billing-export.ts';
import { createBilling, WRONG_CODES } from './billing/compose-billing.ts';
import { nextOffPeak, warnOfUnknownHolidays } from './billing/prices/peak-hours.ts';
import { providerCostFen } from './billing/prices/provider-cost.ts';
import { createProviderCostMeter } from './billing/prices/provider-cost-meter.ts';
import { createRecharge } from './billing/recharge/compose-recharge.ts';
import { createReports } from './billing/reports/compose-reports.ts';
import { MIN_OUTPUT_TOKENS } from './chat/answer-acceptance.ts';
import { createAnswers } from './chat/compose-answers.ts';
import { createKeepsakes } from './chat/compose-keepsakes.ts';
import { createConversationMemory } from './chat/conversation-memory.ts';
import { createSessionExport } from './chat/session-export.ts';
import { createSessionKeeper } from './chat/session-keeper.ts';
import { createSessionService } from './chat/session-service.ts';
import { composeStores, createStoreReading, createTransact } from './compose-stores.ts';
import type { Config } from './config.ts';
import { createDocuments } from './documents/compose-documents.ts';
import { documentJobEnded } from './documents/document-job-ended.ts';
import { parseDocument } from './documents/parsing/parse-document.ts';
import { createIdempotency } from './http/idempotency.ts';
import { createMistakeLimit } from './http/rate-limit.ts';
import { createJobAdministration } from './jobs/job-administration.ts';
import { createJobEndings } from './jobs/job-endings.ts';
import { createJobService } from './jobs/job-service.ts';
import { createJobSight } from './jobs/job-sight.ts';
import { createJobSignals } from './jobs/job-signals.ts';
import { createQueuePass } from './jobs/queue-pass.ts';
import { jobCatalogue } from './jobs.ts';
import { openLibrary } from './library/compose-library.ts';
import { createReadingReportExport } from './library/reading-reports/reading-report-service.ts';
import type { Logger } from './logger.ts';
import { createModeration } from './moderation/create-moderation.ts';
import { openReadCache } from './platform/cache/read-cache.ts';
import type { Platform } from './platform/platform.ts';
import { createSecretBox } from './platform/secret-box.ts';

export type Services = Awaited<ReturnType<typeof composeServices>>;

const MAX_OUTPUT_TOKENS = 1_500;
/** Of a conversation that has only begun. */
const SHORT_HISTORY_TOKENS = 500;

/** The whole object graph on one page, blind to the mode. */
export async function composeServices(parts: {
  config: Config;
  platform: Platform;
  corpus: readonly WorkSource[];
  jwtSecret: string;
  logger: Logger;
}) {
  const { config, platform, corpus, jwtSecret, logger } = parts;
  const { bus, cache, countTokens, database, eventStore, model, observation } = platform;
  const { aroundStage: around, onLookup } = observation;
  const usualModel = config.deepseek?.model ?? model.name;
  const question = { model: usualModel, ...shortQuestion(countTokens) };
  const lowBalance = { tokens: config.lowBalanceTokens, question };
  const stores = composeStores(database.knex, { lowBalance });
  const transact = createTransact(database.knex, { upkeep: model.online, lowBalance });

  const { read, wrote } = createStoreReading(database, stores, platform.counters);
  const near = platform.nearCache;
  const readCache = await openReadCache({ far: cache, near, bus, onLookup, logger });

  const opened = await openLibrary({
    ...{ stores, read, transact, corpus, platform, bus, readCache, around, logger },
    held: config.roles.includes('api'),
    unfinishedJobs: (kinds) => stores.jobs.unfinished(kinds),
  });
  const { published, spaces, retriever } = opened;
  const countCost = createProviderCostMeter(observation.metrics, stores.prices, logger);
  const onHouseUsage: OnHouseUsage = (purpose, usage) => {
    logger.info({ purpose, ...usage }, 'asked the model for the house');
    countCost(purpose, usage);
  };
  const asking = { model, onUsage: onHouseUsage, log: logger };
  const rewrites = model.online && config.followUpRewrite;
  const rewords = model.online && config.classicalRewrite;
  const chain = createTutorChain({
    ...{ retriever, model, countTokens, around, library: published.library },
    answerable: createAnswerable(published.library, DEFAULT_LIMITS.minSupport),
    rewrite: rewrites ? createRewriteQuestion(asking) : undefined,
    classicalWording: rewords ? createClassicalWording({ ...asking, cache }) : undefined,
  });

  const { signupGrantTokens, guestGrantTokens } = config;
  const grants = { signupGrantTokens, guestGrantTokens };
  const { encryptionKey, jwtPreviousSecrets } = config;
  const secretBox = createSecretBox({ encryptionKey, jwtSecret, jwtPreviousSecrets });
  const billing = createBilling({
    ...{ stores, transact, cache, secretBox, logger },
    wrongCodes: createMistakeLimit(WRONG_CODES, config.rateLimits, platform.rateCounters),
    // Without a key the offline tutor answers, by whatever name it was asked.
    models: model.online ? platform.models : [...platform.models, model.name],
  });
  const openidOf = async (userId: string, appId: string) => {
    const identities = await stores.wechatIdentities.ofUser(userId);
    return identities.find((each) => each.appId === appId)?.openid;
  };
  const moderation = createModeration({ config, cache, secretBox, openidOf, logger });
  const { miniprogram: miniProgram, baseUrl } = config.wechat;
  const recharge = createRecharge({
    ...{ stores, transact, publicUrl: config.publicUrl, logger },
    ...{ wechatPay: config.wechatPay, virtualPayment: config.virtualPayment },
    miniProgram: miniProgram && { ...miniProgram, baseUrl },
    payers: { openidOf },
    sessionKeys: { of: (userId) => accounts.wechat.sessionKeyOf(userId) },
  });
  const reports = createReports({
    ...{ read, stores, transact, logger },
    counters: platform.counters,
    mails: platform.mailer,
    publicUrl: config.publicUrl,
  });
  warnOfUnknownHolidays(logger);
  const jobs = createJobService(stores.jobs, platform, logger);
  const jobSignals = createJobSignals(bus, logger);
  const wake = () => {
    jobs.wakeDue().catch((error: unknown) => {
      logger.warn({ err: error }, 'recorded jobs wait for the next sweep');
    });
  };
  const jobEndings = createJobEndings({
    ...{ transact, signals: jobSignals, wake },
    onEnd: { 'ingest-document': documentJobEnded },
  });
  const stopAnswers = (userId: string) => answers.stopAllFor(userId);
  const accounts = createAccounts({
    ...{ stores, transact, wrote, jwtSecret, ...grants },
    jwtPreviousSecrets: config.jwtPreviousSecrets,
    ...{ wechat: config.wechat, publicUrl: config.publicUrl, logger },
    encryptionKey: config.encryptionKey,
    mailer: platform.mailer,
    closingDays: config.accountClosingDays,
    exportSections: {
      sessions: createSessionExport(stores),
      ...createBillingExport(billing.account, stores),
      ...createReadingReportExport(stores.readingReports),
    },
    stopAnswers,
    sendMails: wake,
  });

  const memory = createConversationMemory({ stores, histories: platform.histories, logger });
  const cohortOf = (userId: string) => (config.cohortPerUser ? userId : undefined);

  const answers = await createAnswers({
    ...{ stores, transact, wrote, chain, countTokens, cohortOf, moderation, memory, usualModel },
    ...{ eventStore, bus, observation, logger, instanceId: platform.instanceId },
    asksByName: model.online,
    ...{ quotaGate: billing.quotaGate, shortages: billing.shortages },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    passageTokens: { most: DEFAULT_LIMITS.passageTokens, least: LEAST_PASSAGE_TOKENS },
    promptTokens: (question, { turns, summary }) =>
      promptTokenBudget(DEFAULT_LIMITS, countTokens, question, turns, summary),
    checkQuotes: (answer) => checkQuotesIn(answer, published.library),
    charged: (userId, usage) => {
      countCost('answer', usage);
      reports.live.count({ ...usage, userId });
    },
  });

  const jobAdministration = createJobAdministration({
    ...{ store: stores.jobs, archive: stores.jobArchive, jobs },
    ...{ endings: jobEndings, signals: jobSignals, audit: stores.audit },
    sight: createJobSight(published.refresh),
  });
  const spoolFolder = path.join(config.dataDir, 'spool');

  return {
    accounts,
    administration: createUserAdministration({ stores, transact, stopAnswers, logger }),
    answers,
    billing,
    documents: createDocuments({
      ...{ stores, transact, spoolFolder, logger, parse: parseDocument },
      maxAttempts: jobCatalogue['ingest-document'].maxAttempts,
      spaces: spaces.filled,
      held: config.roles.includes('api') ? opened.held : undefined,
      enriching: {
        ...{ model, onUsage: onHouseUsage, countTokens, nextOffPeak },
        maxAttempts: jobCatalogue['enrich-document'].maxAttempts,
        costFen: async (counts) =>
          providerCostFen(
            await stores.prices.all(),
            usualModel,
            { ...counts, cachedTokens: 0 },
            new Date(),
          ),
      },
      corpusBeingRead: async () => (await jobs.unfinished('ingest-work')) > 0,
      cancelJobs: jobAdministration.cancelOf,
      async libraryChanged() {
        await published.announce();
        await published.refresh();
      },
      wake,
    }),
    spoolFolder,
    idempotency: createIdempotency(stores.idempotency),
    ingestion: opened.ingestion,
    jobs,
    queuePass: createQueuePass({
      ...{ secretBox, secure: config.publicUrl.startsWith('https:') },
      identityOf: (userId, loginId) => accounts.logins.identityOf(userId, loginId),
    }),
    jobEndings,
    jobSignals,
    jobAdministration,
    keeper: createSessionKeeper({ stores, model, countTokens, onUsage: onHouseUsage, cohortOf }),
    keepsakes: createKeepsakes({
      ...{ stores, read, transact, publicUrl: config.publicUrl, producer: config.aigcProducer },
      passage: (id) => published.library.passage(id),
    }),
    library: opened.library,
    moderation,
    readingReports: opened.readingReports,
    takeReadings: opened.takeReadings,
    published,
    vectorSpaces: opened.vectorSpaces,
    async close() {
      await opened.close();
      await readCache.close();
    },
    wrote,
    recharge,
    reports,
    sessions: createSessionService({ ...stores, read, memory, stopAnswer: answers.stop }),
    stores,
  };
}

/** As small as a question gets: a balance that does not bear it is at its end. */
function shortQuestion(countTokens: CountTokens) {
  const limits = { ...DEFAULT_LIMITS, passageTokens: LEAST_PASSAGE_TOKENS };
  const promptTokens = promptTokenBudget(limits, countTokens, '', []) + SHORT_HISTORY_TOKENS;
  return { promptTokens, outputTokens: MIN_OUTPUT_TOKENS };
}
