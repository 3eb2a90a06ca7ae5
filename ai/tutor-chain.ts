import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import {
  type Runnable,
  type RunnableFunc,
  RunnableLambda,
  RunnableSequence,
} from '@langchain/core/runnables';
import type { FollowUpParts } from './follow-ups.ts';
import {
  conversationWindow,
  type Turn,
  turnCounter,
  type WindowMarks,
} from './memory/conversation-window.ts';
import {
  QUESTION_FRAME,
  systemPrompt,
  TRANSLATION_HINTS,
  tutorPrompt,
  writePassages,
  writeSummary,
  writeTurn,
} from './prompts/tutor-prompt.ts';
import type { AnswerModel, AnswerRequest } from './providers/answer-model.ts';
import { FOCUS_HINTS } from './questions/focus.ts';
import { pointsBack } from './questions/pointing-back.ts';
import { type ResolvedQuestion, resolveQuestion } from './questions/resolve-question.ts';
import type { RewriteQuestion } from './questions/rewrite-question.ts';
import type { RewordingParts } from './reworded-search.ts';
import { unwatched } from './stages.ts';
import { type CountTokens, MESSAGE_OVERHEAD_TOKENS } from './tokens/count-tokens.ts';
import { translationDirection } from './translation-direction.ts';
import { streamAnswer } from './tutor-answer.ts';
import type { TutorEvent } from './tutor-event.ts';
import { TUTOR_MODES, type TutorMode } from './tutor-mode.ts';
import {
  createPassageFinder,
  type FoundPassages,
  type RetrievalLimits,
  type TutorLibrary,
} from './tutor-retrieval.ts';

export interface TutorQuestion {
  question: string;
  /** Oldest first, without the question itself. */
  history: readonly Turn[];
  /** What was said before the history. */
  summary?: string | null;
  mode: TutorMode;
  model?: string | undefined;
  thinking: boolean;
  maxOutputTokens: number;
  /** Where fewer are to be given than usual. */
  passageTokens?: number | undefined;
  cohort?: string | undefined;
}

export interface TutorLimits extends RetrievalLimits {
  /** Within which what was said before is told word by word. */
  history: WindowMarks;
}

export const DEFAULT_LIMITS: TutorLimits = {
  history: { most: 6_000, least: 3_000 },
  passageTokens: 2_400,
  passages: 8,
  minSupport: 1,
};

/** Room for two or three passages: fewer are hardly worth asking for. */
export const LEAST_PASSAGE_TOKENS = 800;

/** An upper bound of what the prompt for a question can come to. */
export function promptTokenBudget(
  limits: TutorLimits,
  countTokens: CountTokens,
  question: string,
  history: readonly Turn[],
  summary: string | null = null,
): number {
  const messageTokens = (text: string) => countTokens(text) + MESSAGE_OVERHEAD_TOKENS;
  const told = history.reduce((sum, turn) => sum + messageTokens(writeTurn(turn).content), 0);
  const past = Math.min(told, limits.history.most);
  const rules = Math.max(...TUTOR_MODES.map((mode) => messageTokens(systemPrompt(mode))));
  const longest = (hints: object) => Math.max(...Object.values(hints).map(countTokens));
  const hint = longest(TRANSLATION_HINTS) + longest(FOCUS_HINTS);
  const summed = summary === null ? 0 : messageTokens(writeSummary(summary).text);
  const turns = past + summed + messageTokens(question);
  return rules + turns + hint + countTokens(QUESTION_FRAME) + limits.passageTokens;
}

export type TutorChain = Runnable<TutorQuestion, TutorEvent>;

export interface TutorParts extends FollowUpParts, RewordingParts {
  library: TutorLibrary;
  model: AnswerModel;
  countTokens: CountTokens;
  /** Left out, questions that point back are resolved by rules alone. */
  rewrite?: RewriteQuestion | undefined;
  limits?: TutorLimits;
}

type Resolved = TutorQuestion & { resolved: ResolvedQuestion };
type Retrieved = Resolved & FoundPassages;
type Prompted = Retrieved & { messages: AnswerRequest['messages'] };
interface Listening {
  signal?: AbortSignal;
}

/**
 * Question → query that stands alone → passages → prompt → model → text whose citations are the
 * server's own. Streams {@link TutorEvent}s: citations first, the end last.
 */
export function createTutorChain(parts: TutorParts): TutorChain {
  const { library, countTokens, rewrite, limits = DEFAULT_LIMITS, around = unwatched } = parts;
  const countTurn = turnCounter(countTokens);
  const findPassages = createPassageFinder({ ...parts, limits });

  const resolve = async (input: TutorQuestion, config?: Listening): Promise<Resolved> => {
    const resolved = resolveQuestion(input, library);
    if (!rewrite || !resolved.goesOn || !pointsBack(input.question)) return { ...input, resolved };
    const rewritten = await around('rewrite', () => rewrite(input, signalOf(config)));
    if (rewritten === undefined || resolved.query === undefined) return { ...input, resolved };
    const fallbacks = [resolved.query, ...resolved.fallbacks];
    return { ...input, resolved: { ...resolved, query: rewritten, fallbacks } };
  };

  const retrieve = async (input: Resolved, config?: Listening): Promise<Retrieved> => {
    const { question, resolved, passageTokens, cohort } = input;
    const asking = { passageTokens, cohort, signal: signalOf(config) };
    const find = () => findPassages(question, resolved, asking);
    return { ...input, ...(await around('retrieve', find)) };
  };

  const prompt = async (input: Retrieved): Promise<Prompted> => {
    const told = conversationWindow(input.history.map(writeTurn), limits.history, countTurn);
    const messages = await tutorPrompt.formatMessages({
      rules: systemPrompt(input.mode),
      history: [...(input.summary ? [writeSummary(input.summary)] : []), ...told.map(toMessage)],
      question: input.question,
      passages: writePassages(input.passages) + hintFor(input),
    });
    return { ...input, messages };
  };

  async function* answer(input: Prompted, config?: Listening): AsyncGenerator<TutorEvent> {
    const { messages, question, passages, mode, model, thinking, maxOutputTokens, cohort } = input;
    yield { type: 'citations', citations: passages, dense: input.dense };
    yield { type: 'prompt', tokens: messages.reduce((sum, { text }) => sum + tokensOf(text), 0) };
    const request = {
      messages,
      question,
      passages,
      mode,
      model,
      thinking,
      maxOutputTokens,
      cohort,
    };
    const { focus, resolved, history } = input;
    const asked = history.filter(({ role }) => role === 'user').map(({ content }) => content);
    const about = { focus, query: resolved.query, asked };
    yield* streamAnswer({ ...request, ...about }, parts, signalOf(config));
  }

  const tokensOf = (text: string) => countTokens(text) + MESSAGE_OVERHEAD_TOKENS;

  return RunnableSequence.from<TutorQuestion, TutorEvent>([
    new RunnableLambda({ func: resolve }).withConfig({ runName: 'resolve-question' }),
    new RunnableLambda({ func: retrieve }).withConfig({ runName: 'retrieve-passages' }),
    new RunnableLambda({ func: prompt }).withConfig({ runName: 'write-prompt' }),
    new RunnableLambda({ func: asRunnable(answer) }).withConfig({ runName: 'answer' }),
  ]);
}

/** RunnableLambda streams what a generator yields, which its declared types do not say. */
function asRunnable<Input, Output>(
  generator: (input: Input, config?: Listening) => AsyncGenerator<Output>,
): RunnableFunc<Input, Output> {
  return generator as unknown as RunnableFunc<Input, Output>;
}

function signalOf(config: Listening | undefined): AbortSignal {
  return config?.signal ?? new AbortController().signal;
}

function toMessage({ role, content }: Turn): BaseMessage {
  return role === 'user' ? new HumanMessage(content) : new AIMessage(content);
}

/** Behind the passages, where it changes nothing of what the provider has in its cache. */
function hintFor({ mode, question, resolved, focus }: Retrieved): string {
  const translates = mode === 'translate' && resolved.query !== undefined;
  const direction = translates ? TRANSLATION_HINTS[translationDirection(question)] : '';
  return (focus ? FOCUS_HINTS[focus.kind] : '') + direction;
}
