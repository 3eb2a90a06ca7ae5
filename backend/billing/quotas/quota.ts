import { AppError } from '../../errors.ts';
import { type QuotaLimits, quotaPeriods } from '../balance.ts';

/** How much of a quota is used. Within its day and its month each count only ever grows. */
export interface QuotaUsage {
  requestsToday: number;
  tokensThisMonth: number;
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

/** An answer seldom takes longer to be written. */
const ANSWER_MS = 60_000;

/**
 * Why one more question is refused, if it is. `held` tokens, set aside for answers that are being
 * written, count as used until it is known what they cost: the question that crosses the line is
 * still answered, but no second one beside it.
 */
export function refusalOf(
  limits: QuotaLimits,
  usage: QuotaUsage,
  held: number,
  now = new Date(),
): QuotaExceeded | undefined {
  const { dayEnds, monthEnds } = quotaPeriods(now);
  const { requestsToday, tokensThisMonth } = usage;
  const refuse = (message: string, retryAt: Date) =>
    new QuotaExceeded(message, retryAt, now, usage);
  if (tokensThisMonth >= limits.monthlyTokens) {
    return refuse(`这个月的 ${limits.monthlyTokens} 个词元已用完，下个月再来吧。`, monthEnds);
  }
  if (requestsToday >= limits.dailyRequests) {
    return refuse(`今天的 ${limits.dailyRequests} 次提问已用完，明天再来吧。`, dayEnds);
  }
  if (tokensThisMonth + held >= limits.monthlyTokens) {
    const soon = new Date(now.getTime() + ANSWER_MS);
    return refuse('正在写的回答可能用完这个月的词元，请等它写完再问。', soon);
  }
  return undefined;
}
