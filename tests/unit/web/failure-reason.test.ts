import type { Failure } from '../../../web/src/conversation/conversation-state.ts';
import { reasonOf } from '../../../web/src/conversation/failure-reason.ts';
import { describeError } from '../../../web/src/layout/describe-error.ts';
import { someMessage } from '../../support/page-messages.ts';

const said = (slug: string, message: string): Failure => ({
  ...{ status: 0, slug, message, requestId: null, key: null },
});
const HALF = someMessage('a', { status: 'failed', failure: 'model_failed', content: '仁者' });
const USAGE = { promptTokens: 1, cachedTokens: 0, completionTokens: 2, model: 'm' };
const told = (...parts: Parameters<typeof reasonOf>) => describeError(reasonOf(...parts)).text;

describe('what stands under an answer that failed', () => {
  it('says that half an answer is kept, and what it cost', () => {
    expect(told({ ...HALF, usage: { ...USAGE, cost: 1200 } }, null)).toBe(
      '写到一半断了，写出的已保留。这次用了 1,200 个词元。',
    );
    expect(told(HALF, null)).toBe('写到一半断了，写出的已保留。这次没有扣费。');
    const free = said('model_failed', '模型暂时没有答上来，没有扣费，请稍后再试。');
    expect(told(HALF, free)).toBe(`写到一半断了，写出的已保留。${free.message}`);
    const paid = said(
      'model_failed',
      '回答中断了，写出的部分已保留，扣费 9 个词元；可以重新回答。',
    );
    expect(told(HALF, paid)).toBe(paid.message);
  });

  it('speaks of no text where there is none, and leaves other reasons as they are', () => {
    expect(told({ ...HALF, content: '' }, null)).toBe('这次没能作答。');
    expect(told({ ...HALF, content: '' }, said('model_failed', ''))).toMatch(/^模型这次没能作答/);
    expect(told(HALF, said('connection_lost', ''))).toMatch(/^连接断了/);
    const rejected = { ...HALF, content: '', failure: 'content_rejected' as const };
    expect(told(rejected, null)).toMatch(/没有通过内容审核，已经撤下，没有扣费/);
  });
});
