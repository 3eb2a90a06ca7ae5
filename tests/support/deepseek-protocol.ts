/** The shapes DeepSeek documents for `POST /chat/completions`, and its arithmetic, for the stand-in. */
export interface ChatCompletionBody {
  model: string;
  messages: { role: string; content: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  thinking?: { type: 'enabled' | 'disabled' };
  max_tokens?: number;
  user_id?: string;
}

export interface DeepSeekUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_cache_hit_tokens?: number;
  prompt_cache_miss_tokens?: number;
  prompt_tokens_details?: { cached_tokens: number };
  completion_tokens_details?: { reasoning_tokens: number };
}

export type FinishReason = 'stop' | 'length' | 'content_filter' | 'insufficient_system_resource';

export type DeepSeekStatus = 400 | 401 | 402 | 422 | 429 | 500 | 503;

const documentedErrors: Record<DeepSeekStatus, [message: string, type: string]> = {
  400: ['Invalid request body format.', 'invalid_request_error'],
  401: ['Authentication Fails, Your api key: ****test is invalid', 'authentication_error'],
  402: ['Insufficient Balance', 'unknown_error'],
  422: ['Invalid parameters in the request.', 'invalid_request_error'],
  429: ['You are sending requests too quickly.', 'rate_limit_error'],
  500: ['The server encountered an issue.', 'server_error'],
  503: ['Service is too busy. Please retry later.', 'service_unavailable_error'],
};

export function errorBody(status: DeepSeekStatus, message?: string): object {
  const [documented, type] = documentedErrors[status];
  return {
    error: { message: message ?? documented, type, param: null, code: 'invalid_request_error' },
  };
}

/** DeepSeek's own rule of thumb: a Chinese character is about 0.6 token. */
const tokensPerCharacter = 0.6;

export function countTokens(text: string): number {
  return Math.ceil(Array.from(text).length * tokensPerCharacter);
}

export function cutToTokens(text: string, tokens: number): string {
  return Array.from(text)
    .slice(0, Math.floor(tokens / tokensPerCharacter))
    .join('');
}

export function promptText(body: ChatCompletionBody): string {
  return body.messages.map(({ role, content }) => `<${role}>${content}`).join('');
}

/** Tokens of the longest beginning a prompt shares with an earlier one, in whole blocks of 64. */
export function sharedPrefixTokens(prompt: string, earlier: string[]): number {
  const lengths = earlier.map((other) => {
    let length = 0;
    while (length < prompt.length && prompt[length] === other[length]) length += 1;
    return length;
  });
  const tokens = Math.floor(Math.max(0, ...lengths) * tokensPerCharacter);
  return Math.floor(tokens / 64) * 64;
}

/**
 * What a well-behaved model would say: with numbered passages in the last user message it quotes the
 * first sentence of the first one and cites it, otherwise it asks back.
 */
export function answerFromPrompt(body: ChatCompletionBody): string {
  const question = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const passage = /\[(\d+)\]\s*(《[^》]+》)([\s\S]*?)(?=\n\s*\[\d+\]|$)/.exec(question);
  if (!passage) return '你好！请告诉我你想读哪一篇，我们一起来看原文。';
  const [, n, title, rest = ''] = passage;
  const quotation = firstSentence(rest);
  return `这段话出自${title}：「${quotation}」[${n}]读的时候可以先断句，再体会它的意思。`;
}

/** Skips what a prompt may put between the title and the text: an author in brackets, a colon, a line. */
function firstSentence(text: string): string {
  const body = text.replace(/^[^\S\n]*(?:[（(][^）)\n]*[）)])?[^\S\n]*[:：]?\s*/, '');
  return /^[^。！？\n]+[。！？]?/.exec(body)?.[0] ?? body;
}
