import { AppError } from '../../errors.ts';
import { type QuotaLimits, quotaPeriods } from '../balance.ts';

/** How much of a quota is used for good. Within its day and its month each count only ever grows. */
export interface QuotaUsage {
  /** Complete or stopped, and paid for. */
  answeredToday: number;
  /** Asked, but the answer failed or nobody was left to write it. */
  failedToday: number;
  tokensThisMonth: number;
}

/** Answers that are being written: what they will have used is not known yet. */
export interface UnderWay {
  answers: number;
  /** Set aside for them. */
  tokens: number;
}

/** Says what is used up, and remembers the counts it was judged by. */
export class QuotaExceeded extends AppError {
  readonly usage: QuotaUsage;

  constructor(message: string, retryAt: Date, now: Date, usage: QuotaUsage) {
    const retryAfterSeconds = Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 1000));
    super(429, 'quota_exceeded', message, { retryAfterSeconds });
    this.usage = usage;
  }
}

/** Most answers that are being written will have ended after one or two of these. */
const SOON_MS = 5_000;

/**
 * A failed answer takes no place of the day from its learner, up to as many as there are places: the
 * provider may ask for it all the same, so whoever found out how to make answers fail must not go on
 * for ever.
 */
export function requestsOf(
  { dailyRequests }: QuotaLimits,
  { answeredToday, failedToday }: QuotaUsage,
): number {
  return answeredToday + Math.max(0, failedToday - dailyRequests);
}

/**
 * Why one more question is refused, if it is. What is under way counts as used until it is known what
 * becomes of it: the question that crosses the line is still answered, but no second one beside it.
 */
export function refusalOf(
  limits: QuotaLimits,
  usage: QuotaUsage,
  underWay: UnderWay,
  now = new Date(),
): QuotaExceeded | undefined {
  const { dayEnds, monthEnds } = quotaPeriods(now);
  const { tokensThisMonth } = usage;
  const requests = requestsOf(limits, usage);
  const refuse = (message: string, retryAt: Date) =>
    new QuotaExceeded(message, retryAt, now, usage);
  if (tokensThisMonth >= limits.monthlyTokens) {
    return refuse(`这个月的 ${limits.monthlyTokens} 个词元已用完，下个月再来吧。`, monthEnds);
  }
  if (requests >= limits.dailyRequests) return refuse(dayIsOver(limits, usage), dayEnds);
  const soon = new Date(now.getTime() + SOON_MS);
  if (tokensThisMonth + underWay.tokens >= limits.monthlyTokens) {
    return refuse('正在写的回答可能用完这个月的词元，请等它写完再问。', soon);
  }
  if (requests + underWay.answers >= limits.dailyRequests) {
    return refuse('正在写的回答占着今天最后的次数，请等它写完再问。', soon);
  }
  return undefined;
}

/** Who got fewer answers than there are places must not read that they had them all. */
function dayIsOver({ dailyRequests }: QuotaLimits, { answeredToday }: QuotaUsage): string {
  if (answeredToday >= dailyRequests) return `今天的 ${dailyRequests} 次提问已用完，明天再来吧。`;
  return '今天没有答成的提问太多，今天不能再问了，明天再来吧。';
}
