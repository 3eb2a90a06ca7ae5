import type { ScopeIds } from '../scope.ts';

export type Attributes = Record<string, string | number | boolean>;

/** One step of the work, as it is told to whoever collects traces. */
export interface Span {
  name(name: string): void;
  set(attributes: Attributes): void;
  /** It came to nothing, though no error may have been thrown. */
  fail(reason: string): void;
  end(): void;
  /** Does work as part of the step; log lines carry the ids. */
  run<Result>(work: () => Result): Result;
  /** W3C trace context for a request that leaves as part of the step; nothing where none is traced. */
  headers(): Record<string, string>;
}

export interface SpanOptions {
  kind?: 'internal' | 'server' | 'client' | 'consumer';
  attributes?: Attributes;
  /** `traceparent` of the step of another process that this one belongs to; null: it belongs to none. */
  parent?: string | null | undefined;
}

/**
 * Steps of the work across processes, in OpenTelemetry's terms. A step belongs to the one it is begun
 * in, which is passed on as asynchronous work goes on.
 */
export interface Tracing {
  begin(name: string, options?: SpanOptions): Span;
  /** Sends what is not sent yet, within seconds. */
  close(): Promise<void>;
}

/** A span for the time that the work takes; what it throws is noted, and thrown. */
export function traced<Result>(
  tracing: Tracing,
  name: string,
  work: (span: Span) => Result,
  options?: SpanOptions,
): Result {
  const span = tracing.begin(name, options);
  const failed = (error: unknown): never => {
    span.fail(error instanceof Error ? error.name : 'error');
    span.end();
    throw error;
  };
  try {
    const result = span.run(() => work(span));
    if (result instanceof Promise) {
      const whole = result.then((value: unknown) => {
        span.end();
        return value;
      }, failed);
      return whole as Result;
    }
    span.end();
    return result;
  } catch (error) {
    return failed(error);
  }
}

/** The step that these ids name, for work that goes on elsewhere as part of it; null for none. */
export function traceparentOf({ trace_id, span_id, trace_flags }: ScopeIds): string | null {
  return trace_id && span_id && trace_flags ? `00-${trace_id}-${span_id}-${trace_flags}` : null;
}

const nothing = () => undefined;
const NO_SPAN: Span = {
  ...{ name: nothing, set: nothing, fail: nothing, end: nothing },
  run: (work) => work(),
  headers: () => ({}),
};

export const untraced: Tracing = {
  begin: () => NO_SPAN,
  close: async () => undefined,
};
