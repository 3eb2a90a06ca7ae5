import type { AnswerPart, ModelPurpose, ModelUsage } from './answer-model.ts';
import type { ModelError, ModelFailure } from './model-error.ts';

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

/** Tells the watch of one request by what is said in it; who stops listening has aborted. */
export class WatchedCall {
  readonly #watch: ModelCallWatch;
  #began = false;
  #outcome: ModelCallOutcome = 'aborted';

  constructor(watch: ModelCallWatch) {
    this.#watch = watch;
  }

  says(part: AnswerPart): AnswerPart {
    if (part.type === 'usage') this.#watch.used(part.usage);
    else if (part.type === 'end') this.#outcome = 'answered';
    else if (!this.#began) {
      this.#began = true;
      this.#watch.began();
    }
    return part;
  }

  fails(error: ModelError): ModelError {
    this.#outcome = error.failure;
    return error;
  }

  ends(): void {
    this.#watch.ended(this.#outcome);
  }
}
