import { strings } from '../strings.ts';

interface ErrorLike {
  status: number;
  slug: string;
  message: string;
  requestId: string | null;
  retryAfterSeconds?: number | null;
  details?: { path: string; message: string }[];
}

export interface ErrorDescription {
  text: string;
  /** Only with errors nobody foresaw: a person can report it. */
  requestId: string | null;
}

function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'slug' in error;
}

/** A longer wait has a reason, and only the server knows it. */
const MINUTE = 60;

/** The server knows better than the page what exactly was refused. */
const THEIRS_FIRST = new Set([
  'conflict',
  'content_rejected',
  'email_taken',
  'forbidden',
  'insufficient_balance',
  'invalid_credentials',
  'not_found',
  'payload_too_large',
  'quota_exceeded',
  'rate_limited',
  'unavailable',
  'unreadable_document',
  'unsupported_media',
]);

function known(slug: string): string | null {
  const text = (strings.errors as Record<string, unknown>)[slug];
  return typeof text === 'string' && slug !== 'unexpected' ? text : null;
}

/** What to tell a person about a failure; the server's own sentence where the page has none. */
export function describeError(error: unknown): ErrorDescription {
  if (!isErrorLike(error)) return { text: strings.errors.unexpected, requestId: null };
  const wait = error.retryAfterSeconds ?? 0;
  if (error.slug === 'rate_limited' && wait > 0 && wait <= MINUTE) {
    return { text: strings.errors.rate_limited_for(wait), requestId: null };
  }
  if (error.slug === 'invalid_input') {
    const faults = error.details?.map((detail) => detail.message).join('；');
    return { text: faults || error.message, requestId: null };
  }
  if (THEIRS_FIRST.has(error.slug) && error.message)
    return { text: error.message, requestId: null };
  const text = known(error.slug);
  if (text !== null) return { text, requestId: null };
  const theirs = error.status >= 500 ? '' : error.message;
  return { text: theirs || strings.errors.unexpected, requestId: error.requestId };
}
