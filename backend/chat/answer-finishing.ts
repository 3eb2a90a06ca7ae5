import type { ModelUsage } from '../../ai/providers/answer-model.ts';
import type { CountTokens } from '../../ai/tokens/count-tokens.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { FinishAnswer } from './answer-generation.ts';
import type { Message, Receipt, Usage } from './message.ts';
import type { MessageStore } from './message-store.ts';

export interface FinishingStores {
  messages: Pick<MessageStore, 'finish' | 'hold'>;
  balances: { read(userId: string): Promise<{ balance: number; held: number }> };
  /** Tells the learner, once until tokens come in again. */
  lowBalance: { notice(userId: string): Promise<void> };
  charges: {
    settle(messageId: string, usage: ModelUsage, reason: string): Promise<Receipt | undefined>;
    release(messageId: string): Promise<void>;
    orphaned(before: Date): Promise<string[]>;
  };
}

const REASON = '提问';

/**
 * The end of an answer and of its reservation are one transaction. A complete answer costs what the
 * model says; a stopped one, for which the model says nothing, what was read and written by our own
 * count; a failed one nothing.
 */
export function createAnswerFinishing(
  transact: Transact<FinishingStores>,
  rules: { usualModel: string; countTokens: CountTokens; lowBalanceTokens: number },
): FinishAnswer {
  return ({ userId, answer, options }, outcome, { usage: reported, ...written }) =>
    transact(async ({ messages, balances, charges, lowBalance }) => {
      const model = options.model ?? rules.usualModel;
      const measured =
        reported ??
        (outcome.status === 'stopped'
          ? countUsage(rules.countTokens, { ...written, model, content: outcome.content })
          : undefined);
      await messages.hold(answer.id);
      const charged = outcome.status === 'failed' ? undefined : measured;
      const receipt = charged && (await charges.settle(answer.id, charged, REASON));
      if (!receipt) await charges.release(answer.id);
      const usage: Usage | null = measured ? { ...measured, cost: 0, ...receipt } : null;
      const message = await messages.finish(answer.id, { ...outcome, usage });
      const { balance } = await balances.read(userId);
      if (receipt && receipt.cost > 0 && balance < rules.lowBalanceTokens) {
        await lowBalance.notice(userId);
      }
      return message && { message, balance };
    });
}

function countUsage(
  countTokens: CountTokens,
  written: { model: string; promptTokens: number; thinking: string; content: string },
): ModelUsage & { reasoningTokens: number } {
  const { model, promptTokens, thinking, content } = written;
  const reasoningTokens = countTokens(thinking);
  const completionTokens = countTokens(content) + reasoningTokens;
  return { model, promptTokens, cachedTokens: 0, completionTokens, reasoningTokens };
}

const ORPHAN_AFTER_MS = 60_000;

/** Gives back what was set aside for answers that are gone, a conversation deleted under way. */
export async function releaseOrphaned(transact: Transact<FinishingStores>): Promise<void> {
  const before = new Date(Date.now() - ORPHAN_AFTER_MS);
  const orphaned = await transact(({ charges }) => charges.orphaned(before));
  // Each by itself: a transaction that holds the balances of many could wait for another in a circle.
  for (const messageId of orphaned) await transact(({ charges }) => charges.release(messageId));
}

/** Ends answers whose owner died: the text so far is kept, nothing is charged. Safe to repeat. */
export async function failAbandoned(
  transact: Transact<FinishingStores>,
  answers: readonly Message[],
): Promise<Message[]> {
  const failed: Message[] = [];
  for (const answer of answers) {
    const { content, citations, quotes } = answer;
    const outcome = { status: 'failed' as const, content, citations, quotes, usage: null };
    const message = await transact(async ({ messages, charges }) => {
      const ended = await messages.finish(answer.id, outcome);
      if (ended) await charges.release(answer.id);
      return ended;
    });
    if (message) failed.push(message);
  }
  return failed;
}
