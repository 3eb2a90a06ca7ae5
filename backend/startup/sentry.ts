import { createStackParser, createTransport, type Event, Scope } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import { LRUCache } from 'lru-cache';
import type { ErrorReport } from '../logger.ts';
import type { ErrorReportSettings } from '../observation-config.ts';
import { redacted, redactedText } from '../redaction.ts';
import { VERSION } from '../version.ts';

export interface ErrorReports {
  report(report: ErrorReport): void;
  /** Sends what is not sent yet, within seconds. */
  close(): Promise<void>;
}

const SEND_MS = 5_000;
const FLUSH_MS = 2_000;
/** An outage makes the same error again and again; one of a kind within so long says enough. */
const QUIET_MS = 10_000;
const MOST_KINDS = 1_000;

/** Sentry's envelopes by its own client, without the parts that patch modules. */
export function createSentry({ dsn, environment }: ErrorReportSettings): ErrorReports {
  const client = new ServerRuntimeClient({
    ...{ dsn, environment, release: VERSION },
    ...{ platform: 'node', runtime: { name: 'node', version: process.version } },
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    beforeSend: withoutSecrets,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const reply = await fetch(options.url, {
          method: 'POST',
          body: typeof body === 'string' ? body : Buffer.from(body),
          headers: options.headers ?? {},
          signal: AbortSignal.timeout(SEND_MS),
        });
        await reply.arrayBuffer();
        return {
          statusCode: reply.status,
          headers: {
            'x-sentry-rate-limits': reply.headers.get('x-sentry-rate-limits'),
            'retry-after': reply.headers.get('retry-after'),
          },
        };
      }),
  });
  client.init();
  const sent = new LRUCache<string, true>({ max: MOST_KINDS, ttl: QUIET_MS });

  function isNews(kind: string): boolean {
    if (sent.has(kind)) return false;
    sent.set(kind, true);
    return true;
  }

  return {
    report({ message, error, fatal, fields }) {
      if (!isNews(`${message} ${error?.message ?? ''}`)) return;
      const scope = new Scope();
      scope.setLevel(fatal ? 'fatal' : 'error');
      scope.setExtras({ ...fields, ...(error && redacted({ error })) });
      const { userId, requestId, messageId, jobId, trace_id } = fields;
      if (userId !== undefined) scope.setUser({ id: String(userId) });
      scope.setTags({
        log: message,
        ...tags({ requestId, messageId, jobId, trace_id }),
      });
      if (error) client.captureException(error, {}, scope);
      else client.captureMessage(message, undefined, {}, scope);
    },
    async close() {
      await client.close(FLUSH_MS);
    },
  };
}

function tags(ids: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) => (id === undefined ? [] : [[name, String(id)]])),
  );
}

/** Messages of errors name addresses, and those may hold anything. */
function withoutSecrets<Sent extends Event>(event: Sent): Sent {
  for (const exception of event.exception?.values ?? []) {
    if (exception.value) exception.value = redactedText(exception.value);
  }
  return event;
}
