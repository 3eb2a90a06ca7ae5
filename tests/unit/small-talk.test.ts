import { isSmallTalk, smallTalkIn } from '../../ai/questions/small-talk.ts';

describe('small talk', () => {
  it.each([
    '你好',
    '老师好！',
    '谢谢老师～',
    '謝謝老師！',
    'Hello',
    '好的，谢谢老师！',
    '明白了。再见',
    '我懂了',
    '你是谁？',
    '你叫什么名字呀',
    '你好呀👋',
    '👍👍🏽',
    '嗯嗯，好的😊',
    '晚安',
    'OK，明天见',
  ])('%s', (question) => {
    expect(isSmallTalk(question)).toBe(true);
  });

  it.each([
    '你好，「学而时习之」是什么意思？',
    '好学近乎知',
    '谢安是谁',
    '再见是什么意思',
    '早发白帝城是谁写的',
    '你是谁写的诗',
    '行行重行行',
    '可以为师矣',
    '🌙有哪些诗',
    '对不对',
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
    expect(isSmallTalk(`${'嗯'.repeat(80_000)}学`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('the kind of small talk', () => {
  it.each([
    ['好的，谢谢老师！', 'thanks'],
    ['老师好', 'greeting'],
    ['你好，你是谁？', 'introduction'],
    ['明白了。再见', 'farewell'],
    ['原来如此', 'understood'],
    ['👍', 'understood'],
    ['学而', undefined],
  ])('of 「%s」 is %s', (question, kind) => {
    expect(smallTalkIn(question)).toBe(kind);
  });
});
