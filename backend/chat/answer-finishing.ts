import type { ModelUsage } from '../../ai/providers/answer-model.ts';
import type { CountTokens } from '../../ai/tokens/count-tokens.ts';
import { outliveLostConnection } from '../platform/database/lost-connection.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { AcceptedQuestion, FinishAnswer } from './answer-generation.ts';
import type { AnswerOutcome, Message, Receipt, Usage } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { SessionUpkeep } from './session-upkeep.ts';

export interface FinishingStores {
  messages: Pick<MessageStore, 'finish' | 'hold' | 'holdAbandoned' | 'byId'>;
  balances: { read(userId: string): Promise<{ balance: number; held: number }> };
  /** Tells learners who have little left, once until tokens come in again. */
  lowBalance: { watch(userId: string): Promise<void> };
  charges: {
    settle(messageId: string, usage: ModelUsage, reason: string): Promise<Receipt | undefined>;
    release(messageId: string): Promise<void>;
    orphaned(before: Date): Promise<string[]>;
  };
  upkeep: SessionUpkeep;
}

export interface FinishingRules {
  usualModel: string;
  countTokens: CountTokens;
}

type Used = Parameters<FinishAnswer>[2];

/**
 * The end of an answer and of its reservation are one transaction. An answer costs what the model
 * says; a stopped one, or one of a provider that says nothing, what was read and written by our own
 * count; a failed one nothing. A database that is away for a moment is waited for.
 */
export function createAnswerFinishing(
  transact: Transact<FinishingStores>,
  rules: FinishingRules,
): FinishAnswer {
  return (accepted, outcome, used) =>
    outliveLostConnection((attempt) =>
      transact(async (stores) => {
        const { messages, balances, upkeep } = stores;
        const { answer, userId } = accepted;
        const measured = measure(rules, accepted, outcome, used);
        await messages.hold(answer.id);
        const charged = outcome.status === 'failed' ? undefined : measured;
        const receipt = await settle(stores, { userId, answer, charged });
        const usage: Usage | null = measured ? { ...measured, cost: 0, ...receipt } : null;
        const ended = await messages.finish(answer.id, { ...outcome, usage });
        if (ended) await upkeep.afterAnswer(ended);
        const message = ended ?? (attempt > 0 && (await asStoredBefore(messages, answer, outcome)));
        const { balance } = await balances.read(userId);
        return message ? { message, balance } : undefined;
      }),
    );
}

function measure(
  rules: FinishingRules,
  { options }: AcceptedQuestion,
  { status, content }: Pick<AnswerOutcome, 'status' | 'content'>,
  { usage, promptTokens, thinking }: Used,
): ModelUsage | undefined {
  if (usage || status === 'failed') return usage;
  const model = options.model ?? rules.usualModel;
  return countUsage(rules.countTokens, { model, promptTokens, thinking, content });
}

/** The attempt before this one was done, and only its reply got lost. */
async function asStoredBefore(
  messages: Pick<MessageStore, 'byId'>,
  answer: Message,
  { status, content }: Pick<AnswerOutcome, 'status' | 'content'>,
): Promise<Message | undefined> {
  const stored = await messages.byId(answer.id);
  return stored?.status === status && stored.content === content ? stored : undefined;
}

/** Takes what is to be charged, or gives all back. Within the transaction that holds the answer. */
export async function settle(
  { charges, lowBalance }: Pick<FinishingStores, 'charges' | 'lowBalance'>,
  given: { userId: string; answer: Message; charged: ModelUsage | undefined },
): Promise<Receipt | undefined> {
  const { userId, answer, charged } = given;
  const receipt = charged && (await charges.settle(answer.id, charged, '提问'));
  if (!receipt) await charges.release(answer.id);
  else if (receipt.cost > 0) await lowBalance.watch(userId);
  return receipt;
}

export function countUsage(
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
