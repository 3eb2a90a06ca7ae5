export interface ErrorDetail {
  path: string;
  message: string;
}

/**
 * An error a caller can act on. `slug` is stable and documented, `message` is shown to a person.
 * Anything else that is thrown becomes an opaque 500 whose request id is in the log.
 */
export class AppError extends Error {
  readonly status: number;
  readonly slug: string;
  readonly details: ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    slug: string,
    message: string,
    options: { details?: ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.status = status;
    this.slug = slug;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
