import type { AnswerPart, ModelPurpose, ModelUsage } from './answer-model.ts';
import { ModelError, type ModelFailure } from './model-error.ts';

/** One request to a provider; trying again is another. */
export interface ModelCall {
  /** What the account that is asked is called here; never its key. */
  account: string;
  model: string;
  purpose: ModelPurpose;
}

export type ModelCallOutcome = 'answered' | 'aborted' | ModelFailure;

/** Hears how one request goes. */
export interface ModelCallWatch {
  /** To be sent along, so that the provider's side of the story can be found. */
  headers: Record<string, string>;
  /** The first text or thought has come. */
  began(): void;
  used(usage: ModelUsage): void;
  /** Last, and once. */
  ended(outcome: ModelCallOutcome): void;
}

export type WatchModelCall = (call: ModelCall) => ModelCallWatch;

const nothing = () => undefined;

export const unwatchedCall: WatchModelCall = () => ({
  ...{ headers: {}, began: nothing, used: nothing, ended: nothing },
});

/** Hands on what an attempt says, and tells the watch of it. Who stops listening has aborted. */
export async function* watchedCall(
  watch: ModelCallWatch,
  attempt: AsyncIterable<AnswerPart>,
): AsyncGenerator<AnswerPart> {
  let began = false;
  let outcome: ModelCallOutcome = 'aborted';
  try {
    for await (const part of attempt) {
      if (part.type === 'usage') watch.used(part.usage);
      else if (part.type === 'end') outcome = 'answered';
      else if (!began) {
        began = true;
        watch.began();
      }
      yield part;
    }
  } catch (error) {
    if (error instanceof ModelError) outcome = error.failure;
    throw error;
  } finally {
    watch.ended(outcome);
  }
}
