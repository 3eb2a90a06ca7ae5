import type { Turn } from '../../ai/memory/conversation-window.ts';
import { isSmallTalk, standaloneQuestion } from '../../ai/standalone-question.ts';

const asked = (...questions: string[]): Turn[] =>
  questions.flatMap((content): Turn[] => [
    { role: 'user', content },
    { role: 'assistant', content: '（一段很长的回答，这句话里也说到继续。）' },
  ]);

describe('small talk', () => {
  it.each([
    '你好',
    '老师好！',
    '谢谢老师～',
    'Hello',
    '好的，谢谢老师！',
    '明白了。再见',
    '你是谁？',
  ])('%s', (question) => {
    expect(isSmallTalk(question)).toBe(true);
  });

  it.each([
    '你好，「学而时习之」是什么意思？',
    '好学近乎知',
    '谢安是谁',
    '再见是什么意思',
    '',
    '？？',
    'hi-fi 是什么',
  ])('is not 「%s」', (question) => {
    expect(isSmallTalk(question)).toBe(false);
  });

  it('is told quickly even of a very long question', () => {
    const started = performance.now();
    expect(isSmallTalk(`${'好的老师'.repeat(20_000)}学`)).toBe(false);
    expect(isSmallTalk(`${'，'.repeat(80_000)}学`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a question that is searched for on its own', () => {
  it('is itself when it is the first, or needs nothing from before', () => {
    expect(standaloneQuestion('这句是什么意思', [])).toBe('这句是什么意思');
    expect(standaloneQuestion('苏轼有哪些词', asked('李白是谁'))).toBe('苏轼有哪些词');
  });

  it('is itself when it quotes what it asks about, or is long enough to say it', () => {
    const history = asked('李白是谁');
    for (const question of [
      '「罔」是什么意思',
      '《师说》是谁写的',
      '这个道理和孟子讲的性善论之间到底有什么样的关系呢',
    ]) {
      expect(standaloneQuestion(question, history)).toBe(question);
    }
  });

  it('takes the question before along when it points back', () => {
    const history = asked('学而不思则罔出自哪里');
    for (const question of ['它是什么意思？', '下一句呢', '再讲详细一点', '作者是谁']) {
      expect(standaloneQuestion(question, history)).toBe(`学而不思则罔出自哪里\n${question}`);
    }
  });

  it('takes the latest question, never an answer', () => {
    expect(standaloneQuestion('继续', asked('李白是谁', '杜甫是谁'))).toBe('杜甫是谁\n继续');
  });

  it('goes back as far as the question that stands alone', () => {
    const history = asked('李白是谁', '杜甫是谁', '继续', '再讲详细一点');
    expect(standaloneQuestion('继续', history)).toBe('杜甫是谁\n继续\n再讲详细一点\n继续');
  });

  it('goes back to the beginning when nothing stands alone', () => {
    expect(standaloneQuestion('继续', asked('继续'))).toBe('继续\n继续');
  });
});
