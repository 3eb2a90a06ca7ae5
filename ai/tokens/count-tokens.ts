/** How many tokens of the model a text comes to; whole, and never less than the model will count. */
export type CountTokens = (text: string) => number;

/** What a chat format adds to each message around its text: who speaks, where it ends. */
export const MESSAGE_OVERHEAD_TOKENS = 6;

/**
 * An upper estimate without a tokenizer: DeepSeek counts about 0.6 tokens a Chinese character and
 * 0.3 a Latin one (https://api-docs.deepseek.com/quick_start/token_usage).
 */
export function estimateTokens(text: string): number {
  return Math.ceil([...text].length * 0.8);
}
