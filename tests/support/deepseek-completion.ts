import {
  answerFromPrompt,
  type ChatCompletionBody,
  countTokens,
  cutToTokens,
  type DeepSeekStatus,
  type DeepSeekUsage,
  type FinishReason,
  promptText,
  sharedPrefixTokens,
} from './deepseek-protocol.ts';
import { answerForHouse, isForHouse } from './house-answers.ts';

/** How one completion goes; whatever is left out goes well. */
export interface DeepSeekBehaviour {
  status?: DeepSeekStatus;
  message?: string;
  headers?: Record<string, string>;
  /** Destroys the connection instead of answering. */
  reset?: boolean;
  /** Before the response headers. */
  headerDelayMs?: number;
  /** Between the headers and the first delta; `: keep-alive` comments are sent meanwhile. */
  firstDeltaDelayMs?: number;
  deltaDelayMs?: number;
  deltaLength?: number;
  text?: string;
  reasoning?: string;
  /** `null`: the stream ends properly but never says why. */
  finishReason?: FinishReason | null;
  /** Destroys the connection after so many deltas; the first one only carries the role. */
  cutAfter?: number;
  /** Destroys the connection after the finishing chunk, before `[DONE]`. */
  cutBeforeDone?: boolean;
  /** Sends something that is not JSON after so many deltas. */
  garbageAfter?: number;
  usage?: DeepSeekUsage;
  /** DeepSeek puts usage on the last chunk with a choice, OpenAI on a chunk of its own. */
  usageOn?: 'last_choice' | 'own_chunk' | 'nothing';
}

/** Everything about an answer that is decided before its first byte. */
export interface PlannedCompletion {
  id: string;
  body: ChatCompletionBody;
  behaviour: DeepSeekBehaviour;
  text: string;
  reasoning: string;
  finishReason: FinishReason | null;
  usage: DeepSeekUsage;
}

export function planCompletion(
  body: ChatCompletionBody,
  behaviour: DeepSeekBehaviour,
  earlier: string[],
): PlannedCompletion {
  const thinks = body.thinking?.type !== 'disabled';
  const reasoning = thinks ? (behaviour.reasoning ?? '先看学生问的是哪一句，再找出处。') : '';
  const whole =
    behaviour.text ?? (isForHouse(body) ? answerForHouse(body) : answerFromPrompt(body));
  const text = cutToTokens(whole, body.max_tokens ?? Number.POSITIVE_INFINITY);
  const ordinaryEnd = text === whole ? 'stop' : 'length';
  return {
    id: crypto.randomUUID(),
    body,
    behaviour,
    text,
    reasoning,
    finishReason: behaviour.finishReason === undefined ? ordinaryEnd : behaviour.finishReason,
    usage: behaviour.usage ?? measureUsage(body, text, reasoning, earlier),
  };
}

function measureUsage(
  body: ChatCompletionBody,
  text: string,
  reasoning: string,
  earlier: string[],
): DeepSeekUsage {
  const prompt = promptText(body);
  const promptTokens = countTokens(prompt);
  const hit = sharedPrefixTokens(prompt, earlier);
  earlier.push(prompt);
  if (earlier.length > 50) earlier.shift();
  const reasoningTokens = countTokens(reasoning);
  const completionTokens = countTokens(text) + reasoningTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_cache_hit_tokens: hit,
    prompt_cache_miss_tokens: promptTokens - hit,
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

export function deltasOf({ text, reasoning, behaviour }: PlannedCompletion): object[] {
  const pieces = (whole: string) =>
    whole.match(new RegExp(`[^]{1,${behaviour.deltaLength ?? 2}}`, 'gu')) ?? [];
  return [
    { role: 'assistant', content: reasoning ? null : '', reasoning_content: reasoning ? '' : null },
    ...pieces(reasoning).map((piece) => ({ content: null, reasoning_content: piece })),
    ...pieces(text).map((piece) => ({ content: piece, reasoning_content: null })),
  ];
}

export function finalChunks(completion: PlannedCompletion): object[] {
  const { finishReason, usage, behaviour, body } = completion;
  const wanted = body.stream_options?.include_usage === true;
  const where = wanted ? (behaviour.usageOn ?? 'last_choice') : 'nothing';
  const choice = { index: 0, delta: { content: '' }, finish_reason: finishReason };
  return [
    chunkFields(completion, [choice], where === 'last_choice' ? usage : null),
    ...(where === 'own_chunk' ? [chunkFields(completion, [], usage)] : []),
  ];
}

export function chunkFields(
  completion: PlannedCompletion,
  choices: object[],
  usage: DeepSeekUsage | null = null,
): object {
  return { ...headOf(completion, 'chat.completion.chunk'), choices, usage };
}

export function headOf({ id, body }: PlannedCompletion, object: string): object {
  const created = Math.floor(Date.now() / 1000);
  return { id, object, created, model: body.model, system_fingerprint: 'fp_stand_in' };
}
