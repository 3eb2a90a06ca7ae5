/** A process of its own: what one would write in ten minutes. Prints its address. */
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';

const [, , model = ''] = process.argv;
const app = express();
app.use(express.json());
app.post('/chat/completions', async (request, response) => {
  const answer = await fetch(`${model}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: request.get('authorization') ?? '',
    },
    body: JSON.stringify(request.body),
  });
  response.writeHead(answer.status, { 'content-type': 'text/event-stream' });
  if (answer.body) Readable.fromWeb(answer.body as never).pipe(response);
  else response.end();
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
