import type { AnswerModel } from './answer-model.ts';
import { type ChatCompletionsOptions, createChatCompletionsModel } from './chat-completions.ts';

export type OpenAiCompatibleOptions = Omit<ChatCompletionsOptions, 'name' | 'extraFields'>;

/** Any other endpoint with the same protocol. */
export function createOpenAiCompatibleModel(options: OpenAiCompatibleOptions): AnswerModel {
  return createChatCompletionsModel({ ...options, name: 'openai-compatible' });
}
