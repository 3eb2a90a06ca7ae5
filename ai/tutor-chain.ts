import {
  type Runnable,
  type RunnableFunc,
  RunnableLambda,
  RunnableSequence,
} from '@langchain/core/runnables';
import { CitationMarkers } from './citation-markers.ts';
import type { CitedPassage } from './citations.ts';
import { conversationWindow, type Turn } from './memory/conversation-window.ts';
import {
  QUESTION_FRAME,
  systemPrompt,
  TUTOR_MODES,
  type TutorMode,
  tutorPrompt,
  writePassages,
  writeTurn,
} from './prompts/tutor-prompt.ts';
import type { AnswerModel, AnswerRequest, ModelUsage } from './providers/answer-model.ts';
import type { Retriever } from './rag/retriever.ts';
import { isSmallTalk, standaloneQuestion } from './standalone-question.ts';
import { type CountTokens, MESSAGE_OVERHEAD_TOKENS } from './tokens/count-tokens.ts';

export interface TutorQuestion {
  question: string;
  /** Oldest first, without the question itself. */
  history: readonly Turn[];
  mode: TutorMode;
  model?: string | undefined;
  thinking: boolean;
  maxOutputTokens: number;
  cohort?: string | undefined;
}

export type TutorEvent =
  | { type: 'citations'; citations: CitedPassage[]; dense: boolean }
  /** What is about to be sent comes to so many tokens, by our own count. */
  | { type: 'prompt'; tokens: number }
  | { type: 'thinking'; text: string }
  | { type: 'text'; text: string }
  | { type: 'usage'; usage: ModelUsage };

export interface TutorLimits {
  historyTokens: number;
  passageTokens: number;
  passages: number;
  /** With less support the library is said to have nothing on the question. */
  minSupport: number;
}

export const DEFAULT_LIMITS: TutorLimits = {
  historyTokens: 3_000,
  passageTokens: 2_400,
  passages: 8,
  minSupport: 1,
};

/** An upper bound of what the prompt for a question can come to. */
export function promptTokenBudget(
  limits: TutorLimits,
  countTokens: CountTokens,
  question: string,
  history: readonly Turn[],
): number {
  const messageTokens = (text: string) => countTokens(text) + MESSAGE_OVERHEAD_TOKENS;
  const past = history.reduce((sum, turn) => sum + messageTokens(turn.content), 0);
  const rules = Math.max(...TUTOR_MODES.map((mode) => messageTokens(systemPrompt(mode))));
  const turns = Math.min(past, limits.historyTokens) + messageTokens(question);
  return rules + turns + countTokens(QUESTION_FRAME) + limits.passageTokens;
}

export type TutorChain = Runnable<TutorQuestion, TutorEvent>;

type Resolved = TutorQuestion & { query: string | undefined };
type Retrieved = Resolved & { passages: CitedPassage[]; dense: boolean };
type Prompted = Retrieved & { messages: AnswerRequest['messages'] };

/**
 * Question → query that stands alone → passages → prompt → model → text whose citations are the
 * server's own. Streams {@link TutorEvent}s: citations first, usage last.
 */
export function createTutorChain(parts: {
  retriever: Retriever;
  model: AnswerModel;
  countTokens: CountTokens;
  limits?: TutorLimits;
}): TutorChain {
  const { retriever, model, countTokens, limits = DEFAULT_LIMITS } = parts;

  const resolve = (input: TutorQuestion): Resolved => ({
    ...input,
    query: isSmallTalk(input.question)
      ? undefined
      : standaloneQuestion(input.question, input.history),
  });

  const retrieve = async (input: Resolved): Promise<Retrieved> => {
    if (input.query === undefined) return { ...input, passages: [], dense: true };
    const found = await retriever.retrieve(input.query, { limit: limits.passages });
    const supported = found.support >= limits.minSupport ? found.items : [];
    const numbered = supported.map((item, index) => ({ ...item, n: index + 1 }));
    const passages = withinBudget(numbered, limits.passageTokens, countTokens);
    return { ...input, passages, dense: found.dense };
  };

  const prompt = async (input: Retrieved): Promise<Prompted> => {
    const messages = await tutorPrompt.formatMessages({
      rules: systemPrompt(input.mode),
      history: await conversationWindow(
        input.history.map(writeTurn),
        limits.historyTokens,
        countTokens,
      ),
      question: input.question,
      passages: writePassages(input.passages),
    });
    return { ...input, messages };
  };

  const promptTokensOf = (messages: Prompted['messages']) =>
    messages.reduce((sum, { text }) => sum + countTokens(text) + MESSAGE_OVERHEAD_TOKENS, 0);

  async function* answer(
    input: Prompted,
    config?: { signal?: AbortSignal },
  ): AsyncGenerator<TutorEvent> {
    yield { type: 'citations', citations: input.passages, dense: input.dense };
    yield { type: 'prompt', tokens: promptTokensOf(input.messages) };
    const markers = new CitationMarkers(input.passages.map(({ n }) => n));
    const signal = config?.signal ?? new AbortController().signal;
    const { messages, question, passages, thinking, maxOutputTokens, cohort } = input;
    const request = { messages, question, passages, thinking, maxOutputTokens, cohort, signal };
    for await (const part of model.answer({ ...request, model: input.model })) {
      if (part.type === 'usage') yield* written(markers.end());
      if (part.type === 'text') yield* written(markers.push(part.text));
      else if (part.type === 'usage' || part.text !== '') yield part;
    }
    yield* written(markers.end());
  }

  return RunnableSequence.from<TutorQuestion, TutorEvent>([
    new RunnableLambda({ func: resolve }).withConfig({ runName: 'resolve-question' }),
    new RunnableLambda({ func: retrieve }).withConfig({ runName: 'retrieve-passages' }),
    new RunnableLambda({ func: prompt }).withConfig({ runName: 'write-prompt' }),
    new RunnableLambda({ func: asRunnable(answer) }).withConfig({ runName: 'answer' }),
  ]);
}

/** RunnableLambda streams what a generator yields, which its declared types do not say. */
function asRunnable<Input, Output>(
  generator: (input: Input, config?: { signal?: AbortSignal }) => AsyncGenerator<Output>,
): RunnableFunc<Input, Output> {
  return generator as unknown as RunnableFunc<Input, Output>;
}

function* written(text: string): Generator<TutorEvent> {
  if (text !== '') yield { type: 'text', text };
}

/** The best passages that fit as the prompt has them; the first always does. */
function withinBudget(
  passages: readonly CitedPassage[],
  budget: number,
  countTokens: CountTokens,
): CitedPassage[] {
  let used = 0;
  return passages.filter((passage, index) => {
    used += countTokens(writePassages([passage]));
    return index === 0 || used <= budget;
  });
}
