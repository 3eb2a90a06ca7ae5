import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { createSseParser } from '../../web/src/api/sse-parser.ts';

type Headers_ = Record<string, string>;

/** Where a site is met: by its name, with the certificate that speaks for it. */
export interface SiteAddress {
  name: string;
  port: number;
  certificate: string;
}

export interface SiteReply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks for in a reply, it says itself.
  json: any;
}

/** Server-sent events, as they come. */
export interface SiteStream {
  heard: { event: string; data: Record<string, unknown> }[];
  ended: Promise<void>;
}

/** A caller over TLS who may come from any address of the loopback range. */
export function visitSite(site: SiteAddress, caller: { from?: string; token?: string } = {}) {
  const { from = '127.0.0.1', token } = caller;
  const authorization: Headers_ = token ? { authorization: `Bearer ${token}` } : {};
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Headers_ = {},
  ): Promise<IncomingMessage> {
    const text = body instanceof Buffer ? body : body && JSON.stringify(body);
    const request = https.request({
      ...{ host: '127.0.0.1', port: site.port, servername: site.name, ca: site.certificate },
      ...{ method, path, localAddress: from, agent: false },
      headers: {
        ...{ host: site.name, ...authorization },
        ...(body instanceof Buffer || !body ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const replied = once(request, 'response');
    // A reply may come before all was sent, and then the line is closed.
    request.on('error', () => undefined);
    request.end(text);
    const [response] = await Promise.race([replied, once(request, 'close')]);
    if (!response) throw new Error(`${method} ${path}: no reply`);
    return response;
  }
  return {
    async call(
      method: string,
      path: string,
      body?: unknown,
      headers?: Headers_,
    ): Promise<SiteReply> {
      const response = await send(method, path, body, headers);
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      const isJson = /json/.test(response.headers['content-type'] ?? '');
      const json = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
      return { status: response.statusCode ?? 0, headers: response.headers, bytes, json };
    },
    async listen(method: string, path: string, body?: unknown): Promise<SiteStream> {
      const response = await send(method, path, body, { accept: 'text/event-stream' });
      const heard: SiteStream['heard'] = [];
      const read = async () => {
        const parser = createSseParser();
        for await (const bytes of response) {
          for (const { event, data } of parser.push(bytes)) {
            heard.push({ event, data: JSON.parse(data) });
          }
        }
      };
      return { heard, ended: read() };
    },
  };
}
