import type { AIMessageChunk } from '@langchain/core/messages';
import {
  ChatOpenAI,
  type ChatOpenAICallOptions,
  ChatOpenAICompletions,
  type ChatOpenAICompletionsCallOptions,
} from '@langchain/openai';
import type { AnswerModel, AnswerPart, AnswerRequest } from './answer-model.ts';
import { ChunkReader } from './chunk-reader.ts';
import { unwatchedCall, WatchedCall, type WatchModelCall } from './model-call.ts';
import { ModelError } from './model-error.ts';
import { answerWithRetry, defaultRetry, type ModelLog, type RetrySettings } from './model-retry.ts';
import { translateModelFailure } from './translate-model-failure.ts';

export interface ChatCompletionsOptions {
  name: string;
  apiKey: string;
  baseUrl: string;
  /** Asked unless a request names another. */
  model: string;
  /** Other names a request may ask for. */
  otherModels?: string[];
  /** What this provider wants in the body beyond OpenAI's fields. */
  extraFields?: (request: AnswerRequest) => Record<string, unknown>;
  /** Until the first text or thought; keep-alive comments do not count. */
  firstByteTimeoutMs?: number | undefined;
  /** Between two pieces of an answer under way. */
  silenceTimeoutMs?: number | undefined;
  retry?: RetrySettings | undefined;
  watch?: WatchModelCall | undefined;
  logger?: ModelLog | undefined;
}

interface RequestBodyOptions {
  requestFields?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** LangChain fixes model, limits and extra fields per client; one client serves all requests here. */
class PerRequestCompletions extends ChatOpenAICompletions<
  ChatOpenAICompletionsCallOptions & RequestBodyOptions
> {
  override invocationParams(
    options?: this['ParsedCallOptions'],
    extra?: { streaming?: boolean },
  ): ReturnType<ChatOpenAICompletions['invocationParams']> {
    return { ...super.invocationParams(options, extra), ...options?.requestFields };
  }
}

type ChatClient = ChatOpenAI<ChatOpenAICallOptions & RequestBodyOptions>;

/** Anything that speaks OpenAI's chat-completions protocol, through LangChain's `ChatOpenAI`. */
export function createChatCompletionsModel(options: ChatCompletionsOptions): AnswerModel {
  const client = createClient(options);
  const known = new Set([options.model, ...(options.otherModels ?? [])]);
  return {
    name: options.name,
    online: true,
    async *answer(request) {
      request.signal.throwIfAborted();
      const model = request.model ?? options.model;
      if (!known.has(model)) {
        throw new ModelError('request_refused', `${options.name} knows no model "${model}"`);
      }
      const requestFields = {
        model,
        max_tokens: request.maxOutputTokens,
        ...options.extraFields?.(request),
      };
      const { watch = unwatchedCall, name: account } = options;
      const attempt = () => {
        const call = watch({ account, model, purpose: request.purpose ?? 'answer' });
        const sent = { requestFields, headers: call.headers };
        return attemptOnce(client, request, sent, { ...options, call: new WatchedCall(call) });
      };
      yield* answerWithRetry(
        attempt,
        request.signal,
        options.retry ?? defaultRetry,
        options.logger,
      );
    },
  };
}

function createClient({ apiKey, baseUrl, model }: ChatCompletionsOptions): ChatClient {
  const fields = {
    apiKey,
    model,
    maxRetries: 0,
    streamUsage: true,
    configuration: {
      baseURL: baseUrl,
      // The SDK would otherwise take these from OPENAI_* variables meant for another provider,
      // and print what it cannot parse to the console.
      organization: null,
      project: null,
      logLevel: 'off' as const,
    },
  };
  return new ChatOpenAI({ ...fields, completions: new PerRequestCompletions(fields) });
}

async function* attemptOnce(
  client: ChatClient,
  request: AnswerRequest,
  sent: { requestFields: { model: string }; headers: Record<string, string> },
  given: ChatCompletionsOptions & { call: WatchedCall },
): AsyncGenerator<AnswerPart> {
  const { firstByteTimeoutMs = 60_000, silenceTimeoutMs = 60_000, call } = given;
  const controller = new AbortController();
  const stop = () => controller.abort(request.signal.reason);
  request.signal.addEventListener('abort', stop);
  const firstByteDeadline = Date.now() + firstByteTimeoutMs;
  const reader = new ChunkReader(sent.requestFields.model);
  try {
    const { signal } = controller;
    const open = () => client.stream(request.messages, { signal, ...sent });
    const stream = await within(firstByteTimeoutMs, controller, open);
    while (true) {
      const limit = reader.started ? silenceTimeoutMs : firstByteDeadline - Date.now();
      const next = await within(limit, controller, () => stream.next());
      signal.throwIfAborted();
      if (next.done) break;
      // Not `yield*`, which waits three times for each part of what is there already.
      for (const part of reader.read(next.value as AIMessageChunk)) yield call.says(part);
    }
    for (const part of reader.finish()) yield call.says(part);
  } catch (error) {
    request.signal.throwIfAborted();
    const late = controller.signal.reason;
    // The answer was whole and paid for; only the goodbye got lost.
    if (late || !reader.complete)
      throw call.fails(translateModelFailure(late ?? error, reader.started));
    for (const part of reader.finish()) yield call.says(part);
  } finally {
    call.ends();
    request.signal.removeEventListener('abort', stop);
    // Closes the connection when the caller walks away; `stream.return()` would wait for the next
    // delta first.
    controller.abort();
  }
}

/** The clock runs only while the provider is waited for, not while the caller digests. */
async function within<T>(
  milliseconds: number,
  controller: AbortController,
  wait: () => Promise<T>,
): Promise<T> {
  const timer = setTimeout(
    () => {
      controller.abort(new ModelError('timed_out', 'the model stayed silent for too long'));
    },
    Math.max(0, milliseconds),
  );
  try {
    return await wait();
  } finally {
    clearTimeout(timer);
  }
}
