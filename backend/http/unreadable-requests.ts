import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors.ts';
import { invalidInput } from './failure.ts';
import { refuseOverSocket } from './refuse-over-socket.ts';

/** By what Node's parser says of a request that never became one. */
const REFUSALS: Record<string, AppError> = {
  HPE_HEADER_OVERFLOW: new AppError(431, 'headers_too_large', '网址或请求头太长。'),
  ERR_HTTP_REQUEST_TIMEOUT: new AppError(408, 'request_timeout', '请求没有及时传完。'),
};
const NOT_HTTP = invalidInput([{ path: '', message: '不是合法的 HTTP 请求' }]);

/** Refuses what cannot be read as HTTP as everything else is refused; Node alone sends no body. */
export function refuseUnreadableRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Nothing can be said over a connection that broke, nor in the middle of another reply.
    const replying = '_httpMessage' in socket && Boolean(socket._httpMessage);
    if (error.code === 'ECONNRESET' || !socket.writable || replying) socket.destroy();
    else refuseOverSocket(socket, REFUSALS[error.code ?? ''] ?? NOT_HTTP);
  });
  // Whoever expects what nobody knows is served without it; Node would say 417 and nothing more.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
