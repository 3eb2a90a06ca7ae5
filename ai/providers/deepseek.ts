import type { AnswerModel } from './answer-model.ts';
import { type ChatCompletionsOptions, createChatCompletionsModel } from './chat-completions.ts';
import { deepSeekModels } from './deepseek-models.ts';

export type DeepSeekOptions = Omit<ChatCompletionsOptions, 'name' | 'otherModels' | 'extraFields'>;

/**
 * DeepSeek. Thinking is on unless switched off in so many words, so the body always says which.
 * `user_id` separates the provider's cache and abuse control by cohort.
 */
export function createDeepSeekModel(options: DeepSeekOptions): AnswerModel {
  return createChatCompletionsModel({
    ...options,
    name: 'deepseek',
    otherModels: deepSeekModels,
    extraFields: ({ thinking, cohort }) => ({
      thinking: { type: thinking ? 'enabled' : 'disabled' },
      ...(cohort === undefined ? {} : { user_id: cohort }),
    }),
  });
}
