import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { DeepSeekBehaviour } from '../support/deepseek-completion.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

/** Of a guest, a day. */
const PLACES = 30;
const FAILS: DeepSeekBehaviour = { status: 500, headers: { 'retry-after': '3600' } };
const QUESTION = { content: '「学而不思则罔」是什么意思？' };

describeInBothModes('a place of the day', (mode) => {
  let tutor: TutorWithModel;
  let guest: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
  });
  beforeEach(async () => {
    guest = await asGuest(tutor.service.url);
  });
  afterAll(() => tutor.dispose());

  const knex = () => tutor.service.platform.database.knex;
  async function ask() {
    const { id } = await guest.openSession();
    return guest.post(`/api/sessions/${id}/messages`, QUESTION);
  }
  async function askedBefore(count: number, status: 'settled' | 'released' | 'held') {
    const owner = { user_id: guest.login.user.id, amount: 0, status };
    await knex()('reservations').insert(
      Array.from({ length: count }, () => ({ ...owner, message_id: randomUUID() })),
    );
  }
  const used = async () => (await guest.balance()).quota.dailyRequests.used;

  test('is given back by an answer that fails, also the last one', async () => {
    await askedBefore(PLACES - 1, 'settled');
    tutor.model.enqueue(FAILS);
    expect((await ask()).failure()).toMatchObject({ status: 502, error: 'model_failed' });
    expect(await used()).toBe(PLACES - 1);
    expect((await ask()).status).toBe(200);
    expect(await used()).toBe(PLACES);
    expect((await ask()).failure()).toMatchObject({ status: 429, error: 'quota_exceeded' });
  });

  test('that an answer under way may still give back is refused for a moment, not for the day', async () => {
    await askedBefore(PLACES - 1, 'settled');
    await askedBefore(1, 'held');
    expect(await used()).toBe(PLACES);
    for (const _ of ['once', 'again']) {
      const refused = await ask();
      expect(refused.failure()).toMatchObject({ status: 429, error: 'quota_exceeded' });
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(5);
    }
    const running = { user_id: guest.login.user.id, status: 'held' };
    await knex()('reservations').where(running).update({ status: 'released' });
    expect((await ask()).status).toBe(200);
  });

  test('is taken by failed answers once there are more of them than places', async () => {
    await askedBefore(PLACES, 'released');
    expect(await used()).toBe(0);
    await askedBefore(PLACES, 'released');
    expect(await used()).toBe(PLACES);
    expect((await ask()).failure()).toMatchObject({
      ...{ status: 429, error: 'quota_exceeded' },
      message: expect.stringContaining('没有答成'),
    });
  });
});
