import type { AIMessageChunk } from '@langchain/core/messages';
import { z } from 'zod';
import type { AnswerPart, ModelUsage } from './answer-model.ts';
import { ModelError } from './model-error.ts';

const tokens = z.int().nonnegative();

/** Cache hits in DeepSeek's spelling and in OpenAI's. */
const usageSchema = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  prompt_cache_hit_tokens: tokens.nullish(),
  prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
});

/**
 * Reads the chunks of one streamed answer. Usage is taken from single chunks, the last one that has it:
 * LangChain adds up `response_metadata.usage` of chunks it joins, which doubles DeepSeek's.
 */
export class ChunkReader {
  started = false;
  #finishReason: string | undefined;
  #model: string;
  #usage: Omit<ModelUsage, 'model'> | undefined;

  /** @param model what was asked for, for a provider that does not say who answered. */
  constructor(model: string) {
    this.#model = model;
  }

  get complete(): boolean {
    return this.#finishReason === 'stop' || this.#finishReason === 'length';
  }

  *read(chunk: AIMessageChunk): Generator<AnswerPart> {
    const { finish_reason, model_name, usage } = chunk.response_metadata;
    if (typeof finish_reason === 'string') this.#finishReason = finish_reason;
    if (typeof model_name === 'string' && model_name !== '') this.#model = model_name;
    const reported = usageSchema.safeParse(usage);
    if (reported.success) this.#usage = toUsage(reported.data);
    const thought = chunk.additional_kwargs.reasoning_content;
    if (typeof thought === 'string' && thought)
      yield this.#pass({ type: 'thinking', text: thought });
    if (chunk.text) yield this.#pass({ type: 'text', text: chunk.text });
  }

  /** The closing parts of a whole answer; whatever is less than whole is a {@link ModelError}. */
  *finish(): Generator<AnswerPart> {
    if (this.#finishReason === 'content_filter') {
      throw new ModelError('content_filtered', 'the provider withheld the answer');
    }
    if (this.#finishReason === 'insufficient_system_resource') {
      throw new ModelError(
        this.started ? 'cut_off' : 'overloaded',
        'the provider ran out of resources',
      );
    }
    if (this.#finishReason === undefined) {
      throw new ModelError('cut_off', 'the stream ended without a finish_reason');
    }
    if (this.#usage) yield { type: 'usage', usage: { model: this.#model, ...this.#usage } };
    yield { type: 'end', truncated: this.#finishReason === 'length' };
  }

  #pass(part: AnswerPart): AnswerPart {
    this.started = true;
    return part;
  }
}

function toUsage(usage: z.infer<typeof usageSchema>): Omit<ModelUsage, 'model'> {
  const cached = usage.prompt_cache_hit_tokens ?? usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    promptTokens: usage.prompt_tokens,
    cachedTokens: Math.min(cached, usage.prompt_tokens),
    completionTokens: usage.completion_tokens,
  };
}
