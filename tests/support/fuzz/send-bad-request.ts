import { Agent, request as open } from 'node:http';
import type { BadRequest } from './bad-requests.ts';

export interface BadReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

const PATIENCE_MS = 20_000;
/** A stream may go on as long as its job does; its beginning is enough here. */
const STREAM_MS = 300;

const agent = new Agent({ keepAlive: true, maxSockets: 20 });

/** As it stands, which `fetch` would not send. */
export function sendBadRequest(
  url: string,
  { method, target, headers, body }: BadRequest,
  token: string | undefined,
): Promise<BadReply> {
  return new Promise((resolve, reject) => {
    const call = open(url, {
      ...{ method, path: target, agent, timeout: PATIENCE_MS },
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: token }),
        ...(body === undefined ? {} : { 'content-length': body.length }),
      },
    });
    call.on('timeout', () => call.destroy(new Error(`no reply within ${PATIENCE_MS} ms`)));
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      const said = () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', said).on('error', reject);
      if (!String(response.headers['content-type']).startsWith('application/json')) {
        setTimeout(() => {
          said();
          response.off('error', reject).on('error', () => undefined);
          if (!response.complete) response.destroy();
        }, STREAM_MS).unref();
      }
    });
    call.end(body);
  });
}
