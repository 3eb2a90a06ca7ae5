import { AsyncLocalStorage } from 'node:async_hooks';

/** What is being worked on, for log lines and for whatever is begun on the way: short ids only. */
export interface ScopeIds {
  requestId?: string;
  userId?: string;
  sessionId?: string;
  messageId?: string;
  jobId?: string;
  /** As OpenTelemetry wants them named in logs. */
  trace_id?: string;
  span_id?: string;
  /** `01`: the trace is kept. */
  trace_flags?: string;
}

const scopes = new AsyncLocalStorage<ScopeIds>();

/** Of the work that the caller is part of; nothing outside of any. */
export function currentIds(): Readonly<ScopeIds> {
  return scopes.getStore() ?? {};
}

/** Does the work under these ids besides those it is under already. */
export function within<Result>(ids: ScopeIds, work: () => Result): Result {
  return scopes.run({ ...scopes.getStore(), ...ids }, work);
}

/** Does the work under these ids and no others: for what is only begun on the way of something else. */
export function apart<Result>(ids: ScopeIds, work: () => Result): Result {
  return scopes.run({ ...ids }, work);
}

/** What became known about the work only after it had begun. */
export function note(ids: ScopeIds): void {
  const scope = scopes.getStore();
  if (scope) Object.assign(scope, ids);
}
