export const MODEL_FAILURES = [
  'key_refused',
  'account_empty',
  'request_refused',
  'overloaded',
  'unreachable',
  'timed_out',
  'cut_off',
  'content_filtered',
] as const;
export type ModelFailure = (typeof MODEL_FAILURES)[number];

/**
 * A model that did not answer. `failure` tells the operator what to do; learners only ever see one
 * `model_failed`. `retryable` holds before the first byte of an answer only.
 */
export class ModelError extends Error {
  readonly failure: ModelFailure;
  readonly retryable: boolean;
  readonly status: number | undefined;

  constructor(
    failure: ModelFailure,
    message: string,
    options: { retryable?: boolean; status?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ModelError';
    this.failure = failure;
    this.retryable = options.retryable ?? false;
    this.status = options.status;
  }
}
