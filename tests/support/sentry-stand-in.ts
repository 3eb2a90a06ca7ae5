import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An event as Sentry would show it. */
export interface SentryEvent {
  level: string;
  message?: string;
  exception?: { values: { type: string; value: string; stacktrace?: { frames: object[] } }[] };
  user?: { id: string };
  tags: Record<string, string>;
  extra: Record<string, unknown>;
  release: string;
}

/** Takes envelopes as Sentry does, over real HTTP. */
export interface SentryStandIn {
  dsn: string;
  events: SentryEvent[];
  /** All that ever came, as it came. */
  received(): string;
  close(): Promise<void>;
}

export async function startSentryStandIn(): Promise<SentryStandIn> {
  const events: SentryEvent[] = [];
  let received = '';
  const server = http.createServer(async (request, response) => {
    const envelope = await text(request);
    received += `${request.url}\n${envelope}\n`;
    const [, header = '{}', payload = '{}'] = envelope.split('\n');
    if (JSON.parse(header).type === 'event') events.push(JSON.parse(payload));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    dsn: `http://public@127.0.0.1:${(server.address() as AddressInfo).port}/42`,
    events,
    received: () => received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
