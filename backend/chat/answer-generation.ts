import type { CitedPassage } from '../../ai/citations.ts';
import type { Turn } from '../../ai/memory/conversation-window.ts';
import type { ModelUsage } from '../../ai/providers/answer-model.ts';
import { ModelError } from '../../ai/providers/model-error.ts';
import type { CheckedQuote } from '../../ai/quotes.ts';
import type { TutorChain, TutorQuestion } from '../../ai/tutor-chain.ts';
import { toCitation, toQuote } from '../citations/citation.ts';
import type { Logger } from '../logger.ts';
import type { EventLog } from '../realtime/event-log.ts';
import type { EventWriter } from '../realtime/event-writer.ts';
import type { AnswerOutcome, Message } from './message.ts';
import { presentMessage } from './present-message.ts';
import type { RunningAnswers, StopReason } from './running-answers.ts';

export interface AcceptedQuestion {
  userId: string;
  userMessage: Message;
  answer: Message;
  history: Turn[];
  options: Omit<TutorQuestion, 'question' | 'history'>;
}

/** Stores how an answer ended and settles what it cost, in one transaction. */
export type FinishAnswer = (
  accepted: AcceptedQuestion,
  outcome: Omit<AnswerOutcome, 'usage'>,
  used: Pick<Draft, 'usage' | 'promptTokens' | 'thinking'>,
) => Promise<{ message: Message; balance: number } | undefined>;

export interface AnswerGeneration {
  /** Begins to write the answer; resolves when it has ended and everything about it is stored. */
  run(accepted: AcceptedQuestion): Promise<void>;
}

interface Draft {
  content: string;
  /** What the model thought aloud; it was written and costs, but is no part of the answer. */
  thinking: string;
  /** By our own count; 0 as long as nothing was sent. */
  promptTokens: number;
  passages: CitedPassage[];
  usage: ModelUsage | undefined;
}

const FAILURES = {
  model_failed: '模型暂时没有答上来，没有扣费，请稍后再试。',
  shutdown: '服务正在重启，回答没有写完，没有扣费，请重试。',
  lost: '回答中断了，没有扣费，请重试。',
} as const;

/** The answer belongs to the server: it runs to its end whether or not anybody listens. */
export function createAnswerGeneration(parts: {
  chain: TutorChain;
  checkQuotes: (answer: string) => CheckedQuote[];
  events: EventLog;
  running: RunningAnswers;
  finish: FinishAnswer;
  logger: Logger;
}): AnswerGeneration {
  const { chain, checkQuotes, events, running, finish, logger } = parts;

  async function write(accepted: AcceptedQuestion, draft: Draft, signal: AbortSignal, log: Log) {
    const { userMessage, answer, history, options } = accepted;
    log.append('meta', { userMessageId: userMessage.id, messageId: answer.id });
    const question = { ...options, question: userMessage.content, history };
    for await (const event of await chain.stream(question, { signal })) {
      signal.throwIfAborted();
      if (event.type === 'citations') {
        draft.passages = event.citations;
        log.append('citations', {
          citations: event.citations.map(toCitation),
          ...(event.dense ? {} : { degraded: 'lexical' }),
        });
      } else if (event.type === 'text') {
        draft.content += event.text;
        log.append('delta', { text: event.text });
      } else if (event.type === 'thinking') {
        draft.thinking += event.text;
        log.append('thinking', { text: event.text });
      } else if (event.type === 'prompt') {
        draft.promptTokens = event.tokens;
      } else {
        draft.usage = event.usage;
      }
    }
    if (draft.content.trim() === '') throw new ModelError('cut_off', 'the model said nothing');
  }

  async function end(accepted: AcceptedQuestion, draft: Draft, status: AnswerOutcome['status']) {
    const { content } = draft;
    const citations = draft.passages.map(toCitation);
    const quotes = checkQuotes(content).map(toQuote);
    return finish(accepted, { status, content, citations, quotes }, draft);
  }

  return {
    async run(accepted) {
      const messageId = accepted.answer.id;
      const draft: Draft = {
        ...{ content: '', thinking: '', promptTokens: 0 },
        ...{ passages: [], usage: undefined },
      };
      const signal = running.add(messageId, () => draft.content);
      const log = createLog(events.openWriter(messageId), logger);
      try {
        const status = await outcomeOf(() => write(accepted, draft, signal, log), signal, logger);
        const failed = status !== 'complete' && status !== 'stopped';
        // Of one that was lost somebody else stored the end; what was set aside for it is given back.
        const ended = await end(accepted, draft, failed ? 'failed' : status);
        if (!ended) return;
        const { message, balance } = ended;
        if (failed) log.append('error', { error: 'model_failed', message: FAILURES[status] });
        else log.append('done', { message: presentMessage(message), balance });
        await log.settle();
      } finally {
        running.remove(messageId);
      }
    },
  };
}

type Ending = 'complete' | 'stopped' | keyof typeof FAILURES;

async function outcomeOf(
  work: () => Promise<void>,
  signal: AbortSignal,
  logger: Logger,
): Promise<Ending> {
  try {
    await work();
    return 'complete';
  } catch (error) {
    if (signal.aborted) return signal.reason satisfies StopReason as StopReason;
    // Account and key are the operator's to mend; the rest passes by itself.
    const failure = error instanceof ModelError ? error.failure : undefined;
    const urgent =
      failure === undefined || failure === 'account_empty' || failure === 'key_refused';
    logger[urgent ? 'error' : 'warn']({ err: error, failure }, 'answer failed');
    return 'model_failed';
  }
}

type Log = Pick<EventWriter, 'settle'> & {
  append(...event: Parameters<EventWriter['append']>): void;
};

/** Listeners who cannot be reached for a while do not hold up the answer; the writer keeps trying. */
function createLog(writer: EventWriter, logger: Logger): Log {
  return {
    append(name, data) {
      writer.append(name, data).catch((error: unknown) => {
        logger.debug({ err: error }, 'event waits for the store');
      });
    },
    async settle() {
      await writer.settle().catch((error: unknown) => {
        logger.warn({ err: error }, 'end of an answer not yet announced');
      });
    },
  };
}
