import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chunkFields,
  type DeepSeekBehaviour,
  deltasOf,
  finalChunks,
  headOf,
  type PlannedCompletion,
  planCompletion,
} from './deepseek-completion.ts';
import { type ChatCompletionBody, type DeepSeekStatus, errorBody } from './deepseek-protocol.ts';
import { isForHouse } from './house-answers.ts';

export interface RecordedRequest {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: ChatCompletionBody;
  /** Resolves when the connection is done with: was the whole answer taken, and when (epoch ms). */
  closed: Promise<{ complete: boolean; at: number }>;
}

export interface DeepSeekStandIn {
  url: string;
  /** For answers, and whatever else is not asked for by the house itself. */
  requests: RecordedRequest[];
  /** For titles, summaries and rewritten questions: they come when they come. */
  houseRequests: RecordedRequest[];
  /** The next completions go like this, one each; afterwards `defaults` hold again. */
  enqueue(...behaviours: DeepSeekBehaviour[]): void;
  enqueueForHouse(...behaviours: DeepSeekBehaviour[]): void;
  /** Drops what was enqueued for the house and nobody asked for. */
  forgetHouse(): void;
  close(): Promise<void>;
}

export interface DeepSeekStandInOptions {
  apiKey?: string;
  port?: number;
  models?: string[];
  defaults?: DeepSeekBehaviour;
}

interface StandInState {
  options: Required<Pick<DeepSeekStandInOptions, 'apiKey' | 'models' | 'defaults'>>;
  requests: RecordedRequest[];
  houseRequests: RecordedRequest[];
  queue: DeepSeekBehaviour[];
  houseQueue: DeepSeekBehaviour[];
  /** Prompts seen, for the prefix cache; each `user_id` has its own. */
  prompts: Map<string, string[]>;
}

/** Speaks DeepSeek's chat-completions protocol over real HTTP, with faults on request. */
export async function startDeepSeekStandIn(
  options: DeepSeekStandInOptions = {},
): Promise<DeepSeekStandIn> {
  const { apiKey = 'sk-test', models = ['deepseek-flash', 'deepseek-v4-pro'] } = options;
  const state: StandInState = {
    options: { apiKey, models, defaults: options.defaults ?? {} },
    requests: [],
    houseRequests: [],
    queue: [],
    houseQueue: [],
    prompts: new Map(),
  };
  const server = http.createServer((request, response) => {
    route(state, request, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: state.requests,
    houseRequests: state.houseRequests,
    enqueue: (...behaviours) => void state.queue.push(...behaviours),
    enqueueForHouse: (...behaviours) => void state.houseQueue.push(...behaviours),
    forgetHouse() {
      state.houseQueue.length = 0;
      state.houseRequests.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function route(
  state: StandInState,
  request: http.IncomingMessage,
  response: http.ServerResponse,
) {
  const path = (request.url ?? '').replace(/^\/v1(?=\/)/, '');
  const keyAccepted = request.headers.authorization === `Bearer ${state.options.apiKey}`;
  if (request.method === 'POST' && path === '/chat/completions') {
    const body = await readBody(request);
    const requests = body && isForHouse(body) ? state.houseRequests : state.requests;
    if (body) requests.push(record(request, response, body));
    if (!keyAccepted) return sendError(response, 401);
    return body ? complete(state, response, body) : sendError(response, 400);
  }
  if (!keyAccepted) return sendError(response, 401);
  if (request.method === 'GET' && path === '/models') {
    return sendModels(response, state.options.models);
  }
  sendJson(response, 404, { error: { message: 'Not Found' } });
}

async function complete(
  { options, queue, houseQueue, prompts }: StandInState,
  response: http.ServerResponse,
  body: ChatCompletionBody,
) {
  const behaviour = isForHouse(body)
    ? { ...houseQueue.shift() }
    : { ...options.defaults, ...queue.shift() };
  if (behaviour.reset) return void response.destroy();
  if (behaviour.headerDelayMs) await sleep(behaviour.headerDelayMs);
  if (behaviour.status) return sendError(response, behaviour.status, behaviour);
  if (!options.models.includes(body.model)) {
    return sendError(response, 400, { message: 'Model Not Exist' });
  }
  if (!isValid(body)) return sendError(response, 422);
  const cohort = body.user_id ?? '';
  const earlier = prompts.get(cohort) ?? [];
  prompts.set(cohort, earlier);
  const completion = planCompletion(body, behaviour, earlier);
  return body.stream ? streamCompletion(response, completion) : sendWhole(response, completion);
}

function record(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  body: ChatCompletionBody,
): RecordedRequest {
  const closed = new Promise<{ complete: boolean; at: number }>((resolve) => {
    response.on('close', () => resolve({ complete: response.writableFinished, at: Date.now() }));
  });
  return { path: request.url ?? '', headers: request.headers, body, closed };
}

async function readBody(request: http.IncomingMessage): Promise<ChatCompletionBody | null> {
  let text = '';
  request.setEncoding('utf8');
  for await (const piece of request) text += piece;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isValid({ messages, max_tokens, user_id }: ChatCompletionBody): boolean {
  return (
    Array.isArray(messages) &&
    messages.length > 0 &&
    messages.every(({ content }) => typeof content === 'string') &&
    (max_tokens === undefined || (Number.isInteger(max_tokens) && max_tokens > 0)) &&
    (user_id === undefined || /^[A-Za-z0-9_-]{1,512}$/.test(user_id))
  );
}

async function streamCompletion(response: http.ServerResponse, completion: PlannedCompletion) {
  const { behaviour } = completion;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(': keep-alive\n\n');
  await keepAlive(response, behaviour.firstDeltaDelayMs ?? 0);
  for (const [index, delta] of deltasOf(completion).entries()) {
    if (response.destroyed) return;
    if (behaviour.cutAfter === index) return cut(response);
    if (behaviour.garbageAfter === index) response.write('data: {"choices": [oops\n\n');
    if (index > 0 && behaviour.deltaDelayMs) await sleep(behaviour.deltaDelayMs);
    response.write(event(chunkFields(completion, [{ index: 0, delta, finish_reason: null }])));
  }
  for (const last of finalChunks(completion)) response.write(event(last));
  if (behaviour.cutBeforeDone) return cut(response);
  response.end('data: [DONE]\n\n');
}

async function keepAlive(response: http.ServerResponse, milliseconds: number) {
  for (let waited = 0; waited < milliseconds && !response.destroyed; waited += 20) {
    await sleep(Math.min(20, milliseconds - waited));
    response.write(': keep-alive\n\n');
  }
}

/** Lets what was written reach the other side before the line goes dead. */
async function cut(response: http.ServerResponse) {
  await sleep(10);
  response.destroy();
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function sendWhole(response: http.ServerResponse, completion: PlannedCompletion) {
  const { text, reasoning, finishReason, usage } = completion;
  const message = {
    role: 'assistant',
    content: text,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
  sendJson(response, 200, { ...headOf(completion, 'chat.completion'), choices, usage });
}

function sendModels(response: http.ServerResponse, models: string[]) {
  const data = models.map((id) => ({ id, object: 'model', owned_by: 'deepseek' }));
  sendJson(response, 200, { object: 'list', data });
}

function sendError(
  response: http.ServerResponse,
  status: DeepSeekStatus,
  { message, headers }: DeepSeekBehaviour = {},
) {
  sendJson(response, status, errorBody(status, message), headers);
}

function sendJson(
  response: http.ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
