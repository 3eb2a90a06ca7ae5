import { estimateTokens } from '../../ai/memory/conversation-window.ts';
import type { ModelUsage } from '../../ai/providers/answer-model.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { FinishAnswer } from './answer-generation.ts';
import type { AnswerOutcome, Message, Usage } from './message.ts';
import type { MessageStore } from './message-store.ts';

export interface FinishingStores {
  messages: Pick<MessageStore, 'finish'>;
  balances: {
    read(userId: string): Promise<{ balance: number; held: number }>;
    settle(messageId: string, cost: number, reason: string): Promise<void>;
    release(messageId: string): Promise<void>;
    orphaned(before: Date): Promise<string[]>;
  };
}

const REASON = '提问';

/**
 * The end of an answer and of its reservation are one transaction. A complete answer costs what the
 * model says; a stopped one, for which the model says nothing, what was read and written by our own
 * estimate; a failed one nothing. The offline tutor is free.
 */
export function createAnswerFinishing(
  transact: Transact<FinishingStores>,
  rules: { charges: boolean; usualModel: string },
): FinishAnswer {
  return ({ userId, userMessage, answer, history, options }, outcome, reported) =>
    transact(async ({ messages, balances }) => {
      const prompt = [...history, userMessage].map((turn) => turn.content).join('');
      const measured =
        reported ??
        (outcome.status === 'stopped'
          ? estimateUsage(options.model ?? rules.usualModel, prompt, outcome)
          : undefined);
      const usage: Usage | null = measured
        ? {
            ...measured,
            cost: rules.charges ? measured.promptTokens + measured.completionTokens : 0,
          }
        : null;
      const message = await messages.finish(answer.id, { ...outcome, usage });
      if (outcome.status === 'failed' || !usage) await balances.release(answer.id);
      else await balances.settle(answer.id, usage.cost, REASON);
      const { balance } = await balances.read(userId);
      return message && { message, balance };
    });
}

function estimateUsage(
  model: string,
  prompt: string,
  outcome: Omit<AnswerOutcome, 'usage'>,
): ModelUsage {
  const passages = outcome.citations.map((citation) => citation.text).join('');
  return {
    model,
    promptTokens: estimateTokens(prompt + passages),
    cachedTokens: 0,
    completionTokens: outcome.content === '' ? 0 : estimateTokens(outcome.content),
  };
}

const ORPHAN_AFTER_MS = 60_000;

/** Gives back what was set aside for answers that are gone, a conversation deleted under way. */
export async function releaseOrphaned(transact: Transact<FinishingStores>): Promise<void> {
  await transact(async ({ balances }) => {
    const orphaned = await balances.orphaned(new Date(Date.now() - ORPHAN_AFTER_MS));
    for (const messageId of orphaned) await balances.release(messageId);
  });
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
    const message = await transact(async ({ messages, balances }) => {
      const ended = await messages.finish(answer.id, outcome);
      if (ended) await balances.release(answer.id);
      return ended;
    });
    if (message) failed.push(message);
  }
  return failed;
}
