import { z } from 'zod';

/**
 * What the HTTP contract promises, written down a second time on purpose: the program's own schemas
 * cannot tell when the program drifts. More fields than these are allowed.
 */
const uuid = z.guid();
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const whole = z.int().min(0);

export const failure = z.object({
  code: z.int(),
  message: z.string().regex(/\p{Script=Han}/u),
  error: z.string().regex(/^[a-z_]+$/),
  requestId: z.string().min(1),
  details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export const user = z.object({
  id: uuid,
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: z.enum(['guest', 'learner', 'admin']),
  plan: z.enum(['free', 'vip']),
  wechatLinked: z.boolean(),
  createdAt: time,
});

export const login = z.object({
  user,
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresIn: whole,
});

const method = z.enum(['password', 'register', 'guest', 'wechat_miniprogram', 'wechat_web']);

export const liveLogin = z.object({
  id: uuid,
  method,
  agent: z.string(),
  address: z.string(),
  createdAt: time,
  lastUsedAt: time,
  current: z.boolean(),
});

export const loginAttempt = z.object({
  id: uuid,
  at: time,
  method,
  address: z.string(),
  agent: z.string(),
  result: z.enum(['success', 'wrong_password', 'locked', 'disabled', 'wechat_refused']),
});

export const verified = z.object({ user, expiresAt: time });

const used = z.object({ used: whole, limit: whole });
export const balance = z.object({
  balance: whole,
  held: whole,
  available: whole,
  quota: z.object({ dailyRequests: used, monthlyTokens: used }),
});

export const transaction = z.object({
  id: uuid,
  type: z.enum(['grant', 'recharge', 'consume', 'refund', 'adjust']),
  amount: z.int(),
  balanceAfter: whole,
  reason: z.string(),
  messageId: uuid.nullable(),
  createdAt: time,
});

/** What moved, and all that there is afterwards. */
export const posting = z.object({ transaction, balance: whole });

export const session = z.object({
  id: uuid,
  title: z.string(),
  mode: z.enum(['qa', 'explain', 'translate', 'socratic']),
  archived: z.boolean(),
  createdAt: time,
  updatedAt: time,
  lastMessageAt: time.nullable(),
});

export const citation = z.object({
  n: z.int().min(1),
  passageId: uuid,
  work: z.string(),
  chapter: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  text: z.string().min(1),
  score: z.number(),
});

export const quote = z.object({
  text: z.string(),
  verdict: z.enum(['exact', 'variant', 'unknown']),
  passageId: uuid.nullable(),
  work: z.string().nullable(),
  chapter: z.string().nullable(),
  found: z.string().nullable(),
});

export const message = z.object({
  id: uuid,
  sessionId: uuid,
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  status: z.enum(['streaming', 'complete', 'stopped', 'failed']),
  citations: z.array(citation),
  quotes: z.array(quote),
  usage: z
    .object({
      promptTokens: whole,
      cachedTokens: whole,
      completionTokens: whole,
      cost: whole,
      model: z.string(),
    })
    .loose()
    .nullable(),
  favorite: z.boolean(),
  feedback: z.object({ rating: z.enum(['up', 'down']), comment: z.string().nullable() }).nullable(),
  followUps: z.array(z.string()).max(3),
  truncated: z.boolean(),
  version: whole,
  versions: whole,
  createdAt: time,
});

const rate = z.int().min(0);
/** What a message says of its price, beyond what the contract promises. */
export const receipt = z.object({
  promptTokens: whole,
  cachedTokens: whole,
  completionTokens: whole,
  cost: whole,
  peak: z.boolean(),
  rates: z.object({ cached: rate, prompt: rate, completion: rate }),
  priceId: uuid,
});

export const answer = z.object({ userMessage: message, message, balance: whole });

export const work = z.object({
  id: uuid,
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  category: z.string(),
  chapterCount: whole,
  passageCount: whole,
  characterCount: whole,
});

export const chapter = z.object({ id: uuid, n: z.int(), title: z.string(), passageCount: whole });

export const passage = z.object({
  id: uuid,
  n: z.int(),
  text: z.string(),
  translation: z.string().nullable(),
  gist: z.string().nullable(),
  notes: z.array(
    z.object({ term: z.string(), reading: z.string().nullable(), meaning: z.string() }),
  ),
  retired: z.literal(true).optional(),
});

export const workReading = work.extend({ chapters: z.array(chapter) });

export const chapterReading = z.object({
  work,
  chapter,
  passages: z.array(passage),
  previous: chapter.nullable(),
  next: chapter.nullable(),
});

export const passageReading = z.object({
  passage,
  previous: passage.nullable(),
  next: passage.nullable(),
});

export const found = z.object({ items: z.array(citation), tookMs: z.number() });

export const readiness = z.object({
  database: z.string(),
  cache: z.string(),
  vectors: z.string(),
  model: z.string(),
  library: z.object({ state: z.enum(['ingesting', 'complete']), passages: whole }),
});

export const events = {
  meta: z.object({ userMessageId: uuid, messageId: uuid }),
  citations: z.object({ citations: z.array(citation) }),
  delta: z.object({ text: z.string().min(1) }),
  thinking: z.object({ text: z.string().min(1) }),
  done: z.object({ message, balance: whole }),
  error: z.object({ error: z.string(), message: z.string() }),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export type Answer = z.infer<typeof answer>;
export type Message = z.infer<typeof message>;
export type Session = z.infer<typeof session>;
export type Login = z.infer<typeof login>;
