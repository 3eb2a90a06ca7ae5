import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '../errors.ts';

/** A failed reply as every other, where there is no response object to send it with. Returns its id. */
export function refuseOverSocket(socket: Duplex, error: AppError): string {
  const requestId = randomUUID();
  const { status, message, slug, details, retryAfterSeconds } = error;
  const body = JSON.stringify({ code: status, message, error: slug, requestId, details });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    ...(retryAfterSeconds ? [`Retry-After: ${retryAfterSeconds}`] : []),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  return requestId;
}
