import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingSettings } from '../../observation-config.ts';
import { inTime } from '../in-time.ts';
import { within } from '../scope.ts';
import type { Span, SpanOptions, Tracing } from './tracing.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

/** Nobody waits longer for a collector that is away when the process ends. */
const FLUSH_MS = 3_000;

/**
 * Spans of OpenTelemetry, sent as OTLP over HTTP. Nothing is registered globally and no module is
 * patched: several services may live in one process, each with its own.
 */
export function createOpenTelemetry(settings: TracingSettings, version: string): Tracing {
  const { url, headers, serviceName, share } = settings;
  const kept = new TraceIdRatioBasedSampler(share);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.version': version,
      'service.instance.id': `${hostname()}:${process.pid}`,
    }),
    // By the trace's id, so that all processes agree: whoever calls cannot have everything kept.
    sampler: new ParentBasedSampler({ root: kept, remoteParentSampled: kept }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, headers }))],
  });
  const tracer = provider.getTracer('guoxue-tutor', version);
  const propagator = new W3CTraceContextPropagator();
  const contexts = new AsyncLocalStorage<Context>();

  function headersOf(context: Context): Record<string, string> {
    const carrier: Record<string, string> = {};
    propagator.inject(context, carrier, defaultTextMapSetter);
    return carrier;
  }

  function parentOf(parent: string | null | undefined): Context {
    if (parent === undefined) return contexts.getStore() ?? ROOT_CONTEXT;
    if (parent === null) return ROOT_CONTEXT;
    return propagator.extract(ROOT_CONTEXT, { traceparent: parent }, defaultTextMapGetter);
  }

  function begin(name: string, options: SpanOptions = {}): Span {
    const { kind = 'internal', attributes = {}, parent } = options;
    const above = parentOf(parent);
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, above);
    const context = trace.setSpan(above, span);
    const { traceId: trace_id, spanId: span_id, traceFlags } = span.spanContext();
    const ids = { trace_id, span_id, trace_flags: traceFlags === TraceFlags.SAMPLED ? '01' : '00' };
    return {
      name: (given) => void span.updateName(given),
      set: (given) => void span.setAttributes(given),
      fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
      end: () => span.end(),
      run: (work) => contexts.run(context, () => within(ids, work)),
      headers: () => headersOf(context),
    };
  }

  return {
    begin,
    async close() {
      const flushed = provider.shutdown().catch(() => undefined);
      await inTime(FLUSH_MS, flushed, () => undefined);
    },
  };
}
