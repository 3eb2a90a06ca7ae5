import { jest } from '@jest/globals';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

describeInOneMode('a conversation without a model', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  beforeEach(async () => {
    learner = await asGuest(service.url);
    sessionId = (await learner.openSession()).id;
  });
  afterAll(async () => {
    expect(errorsIn(service)).toEqual([]);
    await space.dispose();
  });

  const say = async (content: string) => (await learner.askWhole(sessionId, content)).message;

  test('goes on after thanks, line by line, and knows what it speaks of', async () => {
    expect((await say('「学而不思则罔」是什么意思？')).content).toContain('离线导师');
    const thanked = await say('谢谢老师！');
    expect(thanked.content).toBe('不客气！还想读哪一句、哪一篇，接着问我就好。');
    expect((await say('那它的下一句呢？')).content).toMatch(/^下一句是「思而不学则殆」/);
    const next = await say('再下一句呢？');
    expect(next.citations[0]?.text).toContain('诲女知之');
    const source = await say('谁说的？');
    expect(source.content).toMatch(/^这出自《论语·为政篇》，/);
    expect(source.citations[0]?.text).toContain('诲女知之');
    expect(source.content).not.toContain('离线导师');
    for (const { verdict } of source.quotes) expect(verdict).toBe('exact');
    expect((await say('再下一句')).content).toMatch(/^这已是《论语·为政篇》的最后一句/);
  });

  test('shows the passages of the chapter whose name is all that was asked', async () => {
    const { citations } = await say('里仁');
    expect(citations[0]).toMatchObject({ n: 1, chapter: '里仁篇' });
  });

  test('has nothing to say on what neither the library nor the conversation holds', async () => {
    await say('「学而不思则罔」是什么意思？');
    expect((await say('爱因斯坦是谁')).citations).toEqual([]);
    expect((await say('再讲讲')).citations[0]?.text).toContain('学而不思则罔');
  });
});
