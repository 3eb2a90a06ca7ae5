import type { Turn } from '../../ai/memory/conversation-window.ts';
import { ModelError } from '../../ai/providers/model-error.ts';
import type { CheckedQuote } from '../../ai/quotes.ts';
import type { TutorChain, TutorQuestion } from '../../ai/tutor-chain.ts';
import { toQuote } from '../citations/citation.ts';
import type { Logger } from '../logger.ts';
import type { EventLog } from '../realtime/event-log.ts';
import type { EventWriter } from '../realtime/event-writer.ts';
import {
  type AnswerDraft,
  assertWhole,
  citationsOf,
  emptyDraft,
  takeDown,
} from './answer-draft.ts';
import { failureData } from './answer-failure.ts';
import type { AnswerProgress, WatchAnswer } from './answer-watch.ts';
import type { ContentCheck } from './content-check.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import type { AnswerOutcome, Message } from './message.ts';
import { presentMessage } from './present-message.ts';
import type { RunningAnswers, StopReason } from './running-answers.ts';

export interface AcceptedQuestion {
  userId: string;
  userMessage: Message;
  answer: Message;
  history: readonly Turn[];
  /** What was said before the history. */
  summary: string | null;
  options: Omit<TutorQuestion, 'question' | 'history' | 'summary'>;
}

/** Stores how an answer ended and settles what it cost, in one transaction. */
export type FinishAnswer = (
  accepted: AcceptedQuestion,
  outcome: Omit<AnswerOutcome, 'usage'>,
  used: Pick<AnswerDraft, 'usage' | 'promptTokens' | 'thinking'>,
) => Promise<{ message: Message; balance: number } | undefined>;

export interface AnswerGeneration {
  /** Begins to write the answer; resolves when it has ended and everything about it is stored. */
  run(accepted: AcceptedQuestion): Promise<void>;
}

const SHUTDOWN = '服务正在重启，回答没有写完，没有扣费，请重试。';

/** The answer belongs to the server: it runs to its end whether or not anybody listens. */
export function createAnswerGeneration(parts: {
  chain: TutorChain;
  checkQuotes: (answer: string) => CheckedQuote[];
  mayBeShown: ContentCheck;
  events: EventLog;
  running: RunningAnswers;
  finish: FinishAnswer;
  memory: Pick<ConversationMemory, 'remember'>;
  watch: WatchAnswer;
  logger: Logger;
}): AnswerGeneration {
  const { chain, checkQuotes, mayBeShown, events, running, finish, memory, logger } = parts;

  async function write(
    accepted: AcceptedQuestion,
    draft: AnswerDraft,
    signal: AbortSignal,
    { log, told }: { log: Log; told: () => void },
  ) {
    const { userMessage, answer, history, summary, options } = accepted;
    log.append('meta', { userMessageId: userMessage.id, messageId: answer.id });
    const question = { ...options, question: userMessage.content, history, summary };
    for await (const event of await chain.stream(question, { signal })) {
      signal.throwIfAborted();
      const heard = takeDown(draft, event);
      if (heard) log.append(heard.name, heard.data);
      if (heard?.name === 'delta') told();
    }
    signal.throwIfAborted();
    assertWhole(draft);
  }

  /** Whatever is kept of an answer will be read: a part of one is checked like the whole. */
  async function outcomeFor({ userId }: AcceptedQuestion, draft: AnswerDraft, ending: Ending) {
    const { content, followUps, truncated } = draft;
    if (content.trim() !== '' && !(await mayBeShown(content, { userId, kind: 'answer' }))) {
      const nothing = { content: '', citations: [], quotes: [] };
      return { status: 'failed' as const, failure: 'content_rejected' as const, ...nothing };
    }
    const written = {
      content,
      citations: citationsOf(draft),
      quotes: checkQuotes(content).map(toQuote),
    };
    if (ending === 'complete') return { status: ending, ...written, followUps, truncated };
    return { status: ending === 'stopped' ? ending : ('failed' as const), ...written };
  }

  async function run(accepted: AcceptedQuestion, progress: AnswerProgress): Promise<void> {
    const { answer } = accepted;
    const draft = emptyDraft();
    const signal = running.add(answer.id, () => ({
      content: draft.content,
      ...(draft.passages && { citations: citationsOf(draft) }),
    }));
    const log = createLog(events.openWriter(answer.id), logger);
    try {
      const heard = { log, told: progress.told };
      const ending = await endingOf(() => write(accepted, draft, signal, heard), signal, logger);
      const ended = await finish(accepted, await outcomeFor(accepted, draft, ending), draft);
      // Of one that was lost somebody else stored the end; what was set aside for it is given back.
      if (!ended) return;
      const { message, balance } = ended;
      progress.ended(message);
      if (message.status === 'failed') log.append('error', failureOf(message, ending));
      else log.append('done', { message: presentMessage(message), balance });
      await log.settle();
    } finally {
      running.remove(answer.id);
    }
    await memory.remember(answer.sessionId);
  }

  return {
    run: (accepted) => parts.watch(accepted, (progress) => run(accepted, progress)),
  };
}

type Ending = 'complete' | 'failed' | StopReason;

function failureOf(message: Message, ending: Ending) {
  const data = failureData(message);
  const cutShort = ending === 'shutdown' && data.error === 'model_failed';
  return cutShort ? { ...data, message: SHUTDOWN } : data;
}

async function endingOf(
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
    return 'failed';
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
