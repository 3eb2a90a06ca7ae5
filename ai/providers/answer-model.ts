import type { BaseMessage } from '@langchain/core/messages';
import type { CitedPassage } from '../citations.ts';
import type { Focus } from '../questions/focus.ts';
import type { TutorMode } from '../tutor-mode.ts';

/** What a model is asked for: an answer to a learner, or something the house wants by itself. */
export const MODEL_PURPOSES = [
  'answer',
  'rewrite',
  'classical-wording',
  'title',
  'summary',
  'enrichment',
] as const;
export type ModelPurpose = (typeof MODEL_PURPOSES)[number];

export interface AnswerRequest {
  /** An answer when left out. */
  purpose?: ModelPurpose | undefined;
  /** The whole prompt: constant system part first, history, the question with its passages last. */
  messages: BaseMessage[];
  question: string;
  /** The same passages as structured data, for models that do not read prose. */
  passages: CitedPassage[];
  /** Asks another model than the configured one; the provider refuses names it does not know. */
  model?: string | undefined;
  /** For models that do not read prose; the prompt says it to the others. */
  mode?: TutorMode | undefined;
  /** For them too: what the first passage is to the question, and what was searched for. */
  focus?: Focus | undefined;
  query?: string | undefined;
  thinking: boolean;
  maxOutputTokens: number;
  /** Opaque id of the cohort for the provider's cache and abuse isolation; carries no private data. */
  cohort?: string | undefined;
  signal: AbortSignal;
}

/** What the provider says it used; integers. `completionTokens` includes reasoning. */
export interface ModelUsage {
  model: string;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

export type AnswerPart =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'usage'; usage: ModelUsage }
  /** The provider said that it had finished; `truncated` at the greatest length. */
  | { type: 'end'; truncated: boolean };

/**
 * Something that answers a prompt: DeepSeek, any OpenAI-compatible endpoint, the offline tutor, a
 * script in tests. Streams text as it is written, then at most one `usage` part (some providers do not
 * say) and, last of a whole answer, one `end`. Rejects with {@link ModelError}; never turns an error
 * into answer text.
 */
export interface AnswerModel {
  readonly name: string;
  /** False for the offline tutor: pages and probes then say that no model is configured. */
  readonly online: boolean;
  answer(request: AnswerRequest): AsyncIterable<AnswerPart>;
}
