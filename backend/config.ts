import path from 'node:path';
import { z } from 'zod';
import {
  missingModerationSettings,
  moderationEnvironment,
  moderationOf,
} from './moderation-config.ts';
import { errorReportsOf, observationEnvironment, tracingOf } from './observation-config.ts';
import { readSettingFiles } from './setting-files.ts';
import {
  missingWechatPaySettings,
  virtualPaymentOf,
  wechatPayEnvironment,
  wechatPayOf,
} from './wechat-pay-config.ts';

const ROLES = ['api', 'worker', 'scheduler'] as const;
export type Role = (typeof ROLES)[number];

const url = (...protocols: string[]) =>
  z
    .url({ error: 'must be a URL' })
    .refine((value) => protocols.some((protocol) => value.startsWith(`${protocol}://`)), {
      error: `must start with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    });
const flag = z.enum(['0', '1'], { error: 'must be 0 or 1' }).transform((value) => value === '1');
const integer = (min: number, max: number) => {
  const error = `must be ${min} to ${max}`;
  return z.coerce
    .number({ error: 'must be a number' })
    .int({ error: 'must be a whole number' })
    .min(min, { error })
    .max(max, { error });
};
const list = (value: string) =>
  [...new Set(value.split(',').map((item) => item.trim()))].filter(Boolean);
const rolesIn = (value: string) => [...new Set(value.split(',').map((role) => role.trim()))];

/** `z.url` refuses several hosts with ports, as Sentinel and Cluster have them; the adapter reads the rest. */
const REDIS_PROTOCOL = /^rediss?(\+sentinel|\+cluster)?:\/\//;
const redisUrl = z.string().regex(REDIS_PROTOCOL, {
  error: 'must start with redis://, rediss://, redis+sentinel:// or redis+cluster://',
});

const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: integer(0, 65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.data'),
  ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform(rolesIn)
    .pipe(z.array(z.enum(ROLES, { error: `must be some of ${ROLES.join(', ')}` })).min(1)),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  DATABASE_REPLICA_URL: url('postgres', 'postgresql').optional(),
  MIGRATE_AT_START: flag.default(true),
  REDIS_URL: redisUrl.optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]+$/)
    .default('guoxue'),
  CHROMA_URL: url('http', 'https').optional(),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  JWT_PREVIOUS_SECRETS: z
    .string()
    .default('')
    .transform(list)
    .pipe(z.array(z.string().min(32, 'each must have at least 32 characters'))),
  ENCRYPTION_KEY: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64')
    .optional(),
  PUBLIC_URL: url('http', 'https')
    .transform((value) => value.replace(/\/+$/, ''))
    .optional(),
  SMTP_URL: url('smtp', 'smtps').optional(),
  MAIL_FROM: z.string().optional(),
  WECHAT_MINI_APPID: z.string().optional(),
  WECHAT_MINI_SECRET: z.string().optional(),
  WECHAT_WEB_APPID: z.string().optional(),
  WECHAT_WEB_SECRET: z.string().optional(),
  WECHAT_API_BASE_URL: url('http', 'https').default('https://api.weixin.qq.com'),
  ...wechatPayEnvironment,
  ...moderationEnvironment,
  AIGC_PRODUCER: z.string().max(100, 'must have at most 100 characters').default('国学导师'),
  ACCOUNT_CLOSING_DAYS: integer(0, 365).default(14),
  ADMIN_EMAIL: z.email('must be an email address').optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  DEEPSEEK_API_KEY: z.string().optional(),
  DEEPSEEK_BASE_URL: url('http', 'https').default('https://api.deepseek.com'),
  DEEPSEEK_MODEL: z.string().default('deepseek-flash'),
  DEEPSEEK_COHORT: z.enum(['none', 'user']).default('none'),
  FOLLOW_UP_REWRITE: flag.default(true),
  CLASSICAL_REWRITE: flag.default(false),
  EMBEDDING_PROVIDER: z.enum(['local', 'openai']).default('local'),
  EMBEDDING_BASE_URL: url('http', 'https').optional(),
  EMBEDDING_API_KEY: z.string().optional(),
  EMBEDDING_MODEL: z.string().optional(),
  CORPUS: z.string().default('default'),
  LOW_BALANCE_TOKENS: integer(0, 1_000_000_000).default(2_000),
  SIGNUP_GRANT_TOKENS: integer(0, 1_000_000_000).default(20_000),
  GUEST_GRANT_TOKENS: integer(0, 1_000_000_000).default(10_000),
  RATE_LIMIT_DISABLED: flag.default(false),
  RATE_LIMIT_GUESTS_PER_HOUR: integer(1, 1_000_000).default(200),
  RATE_LIMIT_REGISTRATIONS_PER_HOUR: integer(1, 1_000_000).default(200),
  RATE_LIMIT_LOGINS_PER_MINUTE: integer(1, 1_000_000).default(120),
  RATE_LIMIT_MAILS_PER_HOUR: integer(1, 1_000_000).default(30),
  RATE_LIMIT_QUESTIONS_PER_MINUTE: integer(1, 1_000_000).default(60),
  RATE_LIMIT_LIBRARY_PER_MINUTE: integer(1, 1_000_000).default(3_000),
  RATE_LIMIT_OTHERS_PER_MINUTE: integer(1, 1_000_000).default(1_200),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform(list)
    .pipe(z.array(url('http', 'https'))),
  TRUST_PROXY: integer(0, 10).default(0),
  DRAIN_DELAY_MS: integer(0, 120_000).default(0),
  DRAIN_TIMEOUT_MS: integer(0, 600_000).default(10_000),
  ...observationEnvironment,
  npm_lifecycle_event: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export const settingNames = Object.keys(environmentSchema.shape);

/** What must be set because of what else is set; read from the raw values, whether or not they are good. */
function missingSettings(given: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  const require = (name: string, reason: string) => {
    if (given[name] === undefined) faults.push(`${name}: is required ${reason}`);
  };
  if (given.NODE_ENV === 'production') require('JWT_SECRET', 'when NODE_ENV=production');
  if (given.EMBEDDING_PROVIDER === 'openai') {
    require('EMBEDDING_BASE_URL', 'when EMBEDDING_PROVIDER=openai');
    require('EMBEDDING_MODEL', 'when EMBEDDING_PROVIDER=openai');
  }
  for (const client of ['MINI', 'WEB']) {
    const [appId, secret] = [`WECHAT_${client}_APPID`, `WECHAT_${client}_SECRET`];
    if (given[appId]) require(secret, `beside ${appId}`);
    if (given[secret]) require(appId, `beside ${secret}`);
  }
  missingWechatPaySettings(given, require);
  missingModerationSettings(given, require);
  if (given.ADMIN_EMAIL) require('ADMIN_PASSWORD', 'beside ADMIN_EMAIL');
  if (given.DATABASE_REPLICA_URL) require('DATABASE_URL', 'beside DATABASE_REPLICA_URL');
  const roles = given.ROLES === undefined ? ROLES : rolesIn(given.ROLES);
  if (!ROLES.every((role) => roles.includes(role))) {
    require('DATABASE_URL', 'when ROLES splits the service over several processes');
    require('REDIS_URL', 'when ROLES splits the service over several processes');
  }
  return [...new Set(faults)];
}

export type Config = ReturnType<typeof readConfig>;

export class ConfigError extends Error {}

/**
 * The only reader of the environment. A blank value counts as left out, so that `X= npm start`
 * and a blank line in an env file mean the default. Throws {@link ConfigError} naming every bad one.
 */
export function readConfig(environment: Record<string, string | undefined>) {
  const stated = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value?.trim() !== ''),
  );
  const { settings: given, faults: unread } = readSettingFiles(stated, settingNames);
  const parsed = environmentSchema.safeParse(given);
  const missing = [...unread, ...missingSettings(given)];
  if (!parsed.success || missing.length > 0) {
    const issues = parsed.error?.issues ?? [];
    const bad = issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
    const faults = [...bad, ...missing].map((fault) => `  ${fault}`);
    throw new ConfigError(`These settings cannot be used:\n${faults.join('\n')}`);
  }
  const env = parsed.data;
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    host: env.HOST,
    dataDir: path.resolve(env.DATA_DIR),
    roles: env.ROLES,
    databaseUrl: env.DATABASE_URL,
    databaseReplicaUrl: env.DATABASE_REPLICA_URL,
    /** Or else `npm run migrate` does, and a start waits for it. */
    migrateAtStart: env.MIGRATE_AT_START,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.REDIS_PREFIX,
    chromaUrl: env.CHROMA_URL,
    jwtSecret: env.JWT_SECRET,
    jwtPreviousSecrets: env.JWT_PREVIOUS_SECRETS,
    encryptionKey: env.ENCRYPTION_KEY,
    /** Where people find the site: in mails and for WeChat's way back. Without a slash at its end. */
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    mail: { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM },
    wechat: {
      baseUrl: env.WECHAT_API_BASE_URL,
      miniprogram: appOf(env.WECHAT_MINI_APPID, env.WECHAT_MINI_SECRET),
      web: appOf(env.WECHAT_WEB_APPID, env.WECHAT_WEB_SECRET),
    },
    wechatPay: wechatPayOf(env),
    virtualPayment: virtualPaymentOf(env),
    moderation: moderationOf(env),
    /** Name or code of whoever is responsible for what the model writes, for the label in files. */
    aigcProducer: env.AIGC_PRODUCER,
    accountClosingDays: env.ACCOUNT_CLOSING_DAYS,
    corsOrigins: env.CORS_ORIGINS,
    admin:
      env.ADMIN_EMAIL && env.ADMIN_PASSWORD
        ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD }
        : undefined,
    deepseek: env.DEEPSEEK_API_KEY
      ? {
          apiKey: env.DEEPSEEK_API_KEY,
          baseUrl: env.DEEPSEEK_BASE_URL,
          model: env.DEEPSEEK_MODEL,
        }
      : undefined,
    cohortPerUser: env.DEEPSEEK_COHORT === 'user',
    /** Whether the model may rewrite a question that points back, before it is searched for. */
    followUpRewrite: env.FOLLOW_UP_REWRITE,
    /** Whether the model may guess how the classics word a question, to search by that too. */
    classicalRewrite: env.CLASSICAL_REWRITE,
    embedding: {
      provider: env.EMBEDDING_PROVIDER,
      baseUrl: env.EMBEDDING_BASE_URL,
      apiKey: env.EMBEDDING_API_KEY,
      model: env.EMBEDDING_MODEL,
    },
    corpus: env.CORPUS,
    /** Below this a learner is told, once until tokens come in again. */
    lowBalanceTokens: env.LOW_BALANCE_TOKENS,
    signupGrantTokens: env.SIGNUP_GRANT_TOKENS,
    guestGrantTokens: env.GUEST_GRANT_TOKENS,
    rateLimits: {
      disabled: env.RATE_LIMIT_DISABLED,
      guestsPerHour: env.RATE_LIMIT_GUESTS_PER_HOUR,
      registrationsPerHour: env.RATE_LIMIT_REGISTRATIONS_PER_HOUR,
      loginsPerMinute: env.RATE_LIMIT_LOGINS_PER_MINUTE,
      mailsPerHour: env.RATE_LIMIT_MAILS_PER_HOUR,
      questionsPerMinute: env.RATE_LIMIT_QUESTIONS_PER_MINUTE,
      libraryPerMinute: env.RATE_LIMIT_LIBRARY_PER_MINUTE,
      othersPerMinute: env.RATE_LIMIT_OTHERS_PER_MINUTE,
    },
    trustProxyHops: env.TRUST_PROXY,
    /**
     * When the process is asked to end: how long it says so at `/ready` before its port closes, and how
     * long the answers it is writing may then take.
     */
    drain: { delayMs: env.DRAIN_DELAY_MS, timeoutMs: env.DRAIN_TIMEOUT_MS },
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
    serviceName: env.OTEL_SERVICE_NAME,
    /** Where this process answers Prometheus besides, or instead of, its API. */
    metricsPort: env.METRICS_PORT,
    tracing: tracingOf(env),
    errorReports: errorReportsOf(env),
    /** `npm start` runs the server as its child; the server then ends with it. */
    startedByNpm: env.npm_lifecycle_event === 'start',
  };
}

function appOf(appId: string | undefined, secret: string | undefined) {
  return appId && secret ? { appId, secret } : undefined;
}
