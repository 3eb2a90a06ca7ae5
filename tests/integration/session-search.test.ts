import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const foundPage = contract.pageOf(contract.session.extend({ match: z.string().nullable() }));

describeInBothModes('looking for a conversation', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  beforeEach(async () => {
    learner = await asGuest(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const look = async (q: string, more = '') => {
    const reply = await learner.get(`/api/sessions?q=${encodeURIComponent(q)}${more}`);
    return reply.data(foundPage);
  };
  const titles = async (q: string) => (await look(q)).items.map(({ title }) => title);
  async function conversation(who: Learner, title: string, ...said: string[]): Promise<string> {
    const { id } = await who.openSession({ title });
    const rows = said.map((content, position) => ({
      ...{ id: randomUUID(), session_id: id, position, content },
      ...{ role: position % 2 ? 'assistant' : 'user', status: 'complete' },
    }));
    await service.platform.database.knex('messages').insert(rows);
    return id;
  }

  test('it is found by what was said, with the place where that was', async () => {
    const session = await learner.openSession({ title: '第一课' });
    await learner.askWhole(session.id, '请问「温故而知新」出自哪里？');
    await learner.openSession({ title: '温故而知新' });
    await learner.openSession({ title: '别的' });
    const { items } = await look('故而知');
    expect(items.map(({ title, match }) => [title, match])).toEqual([
      ['温故而知新', null],
      ['第一课', expect.stringContaining('故而知')],
    ]);
    expect((await look('')).items.every(({ match }) => match === null)).toBe(true);
  });

  test('whichever script, case and punctuation it was said in', async () => {
    await conversation(
      learner,
      '繁',
      '讀《論語·學而》：「學而時習之，不亦說乎」',
      '此 LunYu 首章。',
    );
    for (const q of [
      '论语',
      '論語',
      '学而时习之不亦说乎',
      '學而時習之，不亦',
      'lunyu',
      '《論語》',
    ]) {
      expect({ q, found: await titles(q) }).toEqual({ q, found: ['繁'] });
    }
    for (const q of ['学时', '.', '[学]', '学|而', '%', '不亦\\']) {
      expect({ q, found: await titles(q) }).toEqual({ q, found: [] });
    }
  });

  test('the newest place counts, and only what stands now', async () => {
    const id = await conversation(
      learner,
      '几次',
      '德不孤',
      '必有邻。',
      '德不孤是谁说的？',
      '孔子。',
    );
    expect((await look('德不孤')).items[0]?.match).toBe('德不孤是谁说的？');
    await service.platform.database.knex('messages').insert({
      ...{ id: randomUUID(), session_id: id, position: 3, version: 2, current: false },
      ...{ role: 'assistant', status: 'complete', content: '是曾子说的。' },
    });
    expect(await titles('曾子')).toEqual([]);
    expect(await titles('孔子')).toEqual(['几次']);
  });

  test('nobody finds what others said', async () => {
    const other = await asGuest(service.url);
    await conversation(other, '他的', '仁者爱人', '出自《孟子》。');
    expect(await titles('仁者爱人')).toEqual([]);
    expect(await titles('他的')).toEqual([]);
  });

  test('the archived are told from the others, and pages hold each once', async () => {
    const ids: string[] = [];
    for (let n = 1; n <= 5; n += 1) {
      ids.unshift(await conversation(learner, `第 ${n}`, '知之为知之'));
    }
    await learner.call('PATCH', `/api/sessions/${ids[0]}`, { archived: true });
    const idsOf = async (more: string) => (await look('知之', more)).items.map(({ id }) => id);
    expect(await idsOf('&archived=true')).toEqual(ids.slice(0, 1));
    expect(await idsOf('&archived=false')).toEqual(ids.slice(1));
    const first = await look('知之', '&limit=3');
    const rest = await look('知之', `&limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
  });

  test('what is archived goes on like any other, and keeps the title it was given', async () => {
    const session = await learner.openSession({ title: '我的题目' });
    await learner.call('PATCH', `/api/sessions/${session.id}`, { archived: true });
    const { message } = await learner.askWhole(session.id, '「温故而知新」怎么讲？');
    expect(message.status).toBe('complete');
    const after = (await learner.get(`/api/sessions/${session.id}`)).data(contract.session);
    expect(after).toMatchObject({ archived: true, title: '我的题目' });
  });

  test('what is deleted is not remembered either', async () => {
    const { id } = await learner.openSession();
    await learner.askWhole(id, '「温故而知新」怎么讲？');
    const kept = service.platform.histories.of(id);
    await eventually('it is remembered', async () => (await kept.getMessages()).length === 2);
    await learner.call('DELETE', `/api/sessions/${id}`);
    expect(await kept.getMessages()).toEqual([]);
  });

  test('a change that changes nothing leaves everything as it is', async () => {
    const session = await learner.openSession();
    const reply = await learner.call('PATCH', `/api/sessions/${session.id}`, {});
    expect(reply.data(contract.session)).toEqual(session);
    const titled = await learner.call('PATCH', `/api/sessions/${session.id}`, { title: '名' });
    expect(titled.data(contract.session).title).toBe('名');
    await learner.askWhole(session.id, '你好');
    const after = (await learner.get(`/api/sessions/${session.id}`)).data(contract.session);
    expect(after.title).toBe('名');
  });
});
