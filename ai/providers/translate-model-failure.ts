import { ModelError, type ModelFailure } from './model-error.ts';

/** What the SDK below throws, as far as it matters here; read structurally, it has no one class. */
interface Thrown {
  name?: unknown;
  message?: unknown;
  status?: unknown;
  code?: unknown;
  headers?: unknown;
  cause?: unknown;
}

const failureOfStatus: Record<number, ModelFailure> = {
  401: 'key_refused',
  402: 'account_empty',
  403: 'key_refused',
  408: 'timed_out',
  429: 'overloaded',
};
const retryableStatuses = new Set([429, 500, 503]);
const retryableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const timeoutCodes = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** @param started whether part of the answer is already with the caller: then nothing may be repeated. */
export function translateModelFailure(error: unknown, started: boolean): ModelError {
  if (error instanceof ModelError) return error;
  const chain = causesOf(error);
  const status = chain.map((cause) => cause.status).find((value) => typeof value === 'number');
  const code = chain.map((cause) => cause.code).find((value) => typeof value === 'string');
  const [failure, retryable] =
    status === undefined ? judgeConnection(chain, code) : judgeStatus(status);
  return new ModelError(failure, describe(chain[0], code), {
    retryable: retryable && !started,
    status,
    cause: error,
  });
}

function judgeStatus(status: number): [ModelFailure, boolean] {
  const failure = failureOfStatus[status] ?? (status < 500 ? 'request_refused' : 'overloaded');
  return [failure, retryableStatuses.has(status)];
}

function judgeConnection(chain: Thrown[], code: string | undefined): [ModelFailure, boolean] {
  const timedOut = chain[0]?.name === 'TimeoutError' || (code && timeoutCodes.has(code));
  if (timedOut) return ['timed_out', false];
  const retryable = code !== undefined && retryableCodes.has(code);
  // `fetch` rejects with a bare TypeError when the body of an accepted answer breaks off; what fails
  // before the response headers arrives wrapped by the SDK.
  const accepted = chain[0]?.name === 'TypeError' || code === undefined;
  return [accepted ? 'cut_off' : 'unreachable', retryable];
}

function describe(error: Thrown | undefined, code: string | undefined): string {
  const message = typeof error?.message === 'string' ? error.message : 'no reason given';
  // LangChain appends a troubleshooting link after a blank line.
  return [message.split('\n')[0], code].filter(Boolean).join(' · ');
}

/** Milliseconds the provider asked to wait, from seconds or a date. */
export function retryAfterOf(error: ModelError): number | undefined {
  for (const { headers } of causesOf(error.cause)) {
    const value = headers instanceof Headers ? headers.get('retry-after') : null;
    if (!value) continue;
    const seconds = Number(value);
    const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
    return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
  }
  return undefined;
}

function causesOf(error: unknown): Thrown[] {
  const chain: Thrown[] = [];
  for (let cause = error; typeof cause === 'object' && cause !== null && chain.length < 5; ) {
    const thrown: Thrown = cause;
    chain.push(thrown);
    cause = thrown.cause;
  }
  return chain;
}
