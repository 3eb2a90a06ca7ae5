import { jest } from '@jest/globals';
import { asAdmin, auditOf, WITH_ADMIN } from '../support/administrator.ts';
import { behindTheScenes, close, idOf } from '../support/closing.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';

describeInOneMode('a guest who leaves', (mode) => {
  let tutor: TutorWithModel;
  let url: string;
  let admin: Learner;
  let behind: ReturnType<typeof behindTheScenes>;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    url = tutor.service.url;
    behind = behindTheScenes(tutor.service);
    admin = await asAdmin(url);
  });
  afterAll(() => tutor.dispose());

  test('is gone at once, and a bare id with its ledger is what is left', async () => {
    const [idle, busy] = [await asGuest(url), await asGuest(url)];
    tutor.model.enqueue({ text: '在陋巷。' });
    await busy.askWhole((await busy.openSession()).id, QUESTION);
    for (const guest of [idle, busy]) {
      expect(Date.parse(await close(guest))).toBeLessThanOrEqual(Date.now());
      expect((await guest.get('/api/user/profile')).failure().error).toBe('unauthenticated');
      await behind.letTimePass(guest);
    }
    const ledgers = [await behind.ledgerOf(idle), await behind.ledgerOf(busy)];
    await behind.eraseDue();
    for (const guest of [idle, busy]) {
      expect(await behind.userRow(guest)).toMatchObject({ erased_at: expect.any(Date) });
    }
    expect([await behind.ledgerOf(idle), await behind.ledgerOf(busy)]).toEqual(ledgers);
    expect(await behind.knex('sessions').where({ user_id: idOf(busy) })).toEqual([]);
    expect(await auditOf(admin, `targetId=${idOf(busy)}`)).toEqual([]);
  });

  test('is erased when requests on their way are over', async () => {
    const guest = await asGuest(url);
    await close(guest);
    await behind.eraseDue();
    expect(await behind.userRow(guest)).toMatchObject({ erased_at: null });
  });

  test('leaves behind the log of who came from where, as long as the law wants it', async () => {
    const guest = await asGuest(url);
    const [attempt] = await behind.knex('login_attempts').where({ user_id: idOf(guest) });
    await close(guest);
    await behind.letTimePass(guest);
    await behind.eraseDue();
    expect(await behind.knex('login_attempts').where({ id: attempt.id })).toEqual([
      { ...attempt, agent: '' },
    ]);
  });

  test('need not say so: ninety days without a visit are enough, and no fewer', async () => {
    const [away, here, account] = [await asGuest(url), await asGuest(url), await register(url)];
    const long = behind.knex.raw(`now() - interval '91 days'`);
    for (const who of [away, here, account]) {
      await behind
        .knex('users')
        .where({ id: idOf(who) })
        .update({ created_at: long });
    }
    for (const who of [away, account]) {
      await behind
        .knex('logins')
        .where({ user_id: idOf(who) })
        .update({ last_used_at: long });
    }
    await behind.eraseDue();
    expect(await behind.userRow(away)).toMatchObject({ erased_at: expect.any(Date) });
    for (const who of [here, account]) {
      expect(await behind.userRow(who)).toMatchObject({ erased_at: null });
      expect((await who.get('/api/user/profile')).status).toBe(200);
    }
  });
});
