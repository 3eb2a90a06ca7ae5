import { type CountTokens, estimateTokens } from '../../ai/tokens/count-tokens.ts';
import { loadDeepSeekTokenizer } from '../../ai/tokens/deepseek-tokenizer.ts';

describe('DeepSeek’s own tokenizer', () => {
  let countTokens: CountTokens;
  beforeAll(async () => {
    countTokens = await loadDeepSeekTokenizer();
  });

  it('counts as the published vocabulary does', () => {
    expect(countTokens('')).toBe(0);
    expect(countTokens('Hello!')).toBe(2);
    expect(countTokens('学而时习之，不亦说乎？')).toBeGreaterThan(4);
    expect(countTokens('学而时习之，不亦说乎？')).toBeLessThan(12);
  });

  it('counts every text, whatever is in it', () => {
    for (const odd of ['𠀀𠀁', '🙂', '\n\n', '<｜begin▁of▁sentence｜>', 'ａｂｃ', '\u0000']) {
      expect(countTokens(odd)).toBeGreaterThan(0);
    }
  });

  it('finds fewer tokens in ordinary Chinese than the estimate allows for', () => {
    const text = '这句话的意思是：只读书而不思考，就会感到迷惘；只空想而不读书，就会疑惑不定。';
    expect(countTokens(text)).toBeLessThanOrEqual(estimateTokens(text));
  });
});
