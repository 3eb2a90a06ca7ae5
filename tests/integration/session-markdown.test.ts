import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

describeInOneMode('a conversation to take away', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({ PUBLIC_URL: 'https://guoxue.example/', AIGC_PRODUCER: '某学堂' });
  });
  beforeEach(async () => {
    learner = await asGuest(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const take = (id: string, who = learner) => who.get(`/api/sessions/${id}/export`);

  test('is a file with what was said, its sources and the label', async () => {
    const session = await learner.openSession({ title: '温故' });
    const question = '「温故而知新」出自哪里？';
    const { message } = await learner.askWhole(session.id, question);
    const { status, headers, text } = await take(session.id);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="session.md"; filename*=UTF-8''${encodeURIComponent('温故')}.md`,
      'cache-control': 'no-store',
    });
    expect(text).toContain('AIGC: {"Label":"1","ContentProducer":"某学堂"');
    expect(text).toContain('> 以下回答由人工智能生成');
    expect(text).toContain(`> ${question}`);
    expect(text).toContain(`### 答（AI 生成）\n\n${message.content.trim()}\n`);
    const cited = message.citations.filter(({ n }) => message.content.includes(`[${n}]`));
    expect(cited.length).toBeGreaterThan(0);
    for (const { n, passageId, work, chapter } of cited) {
      const place = `\\[${n}\\] [《${work}·${chapter}》](`;
      const line = text.split('\n').find((each) => each.includes(place)) ?? '';
      const [, page = ''] = /\((https:\/\/guoxue\.example\/\S+)\)/.exec(line) ?? [];
      const [, wid, cid] = /works\/(.+)\/chapters\/(.+)$/.exec(new URL(page).pathname) ?? [];
      expect(new URL(page).searchParams.get('p')).toBe(passageId);
      expect((await learner.get(`/api/library/works/${wid}/chapters/${cid}`)).status).toBe(200);
    }
  });

  test('holds of each answer what stands now, however much was said', async () => {
    const session = await learner.openSession({ title: '长谈' });
    const rows = Array.from({ length: 450 }, (_, position) => ({
      ...{ id: randomUUID(), session_id: session.id, position, content: `第 ${position} 句。` },
      ...{
        role: position % 2 ? 'assistant' : 'user',
        status: 'complete',
        current: true,
        version: 1,
      },
    }));
    const old = { ...rows[1], id: randomUUID(), version: 2, current: false, content: '从前的话。' };
    await service.platform.database.knex('messages').insert([...rows, old]);
    const { text } = await take(session.id);
    const said = [...text.matchAll(/第 (\d+) 句。/g)].map(([, n]) => Number(n));
    expect(said).toEqual(rows.map(({ position }) => position));
    expect(text).not.toContain('从前的话');
  });

  test('nobody takes away what others said', async () => {
    const { id } = await learner.openSession();
    const other = await asGuest(service.url);
    expect((await take(id, other)).failure()).toMatchObject({ status: 404, error: 'not_found' });
    expect((await take(randomUUID())).failure().status).toBe(404);
  });
});
