import { jest } from '@jest/globals';
import { z } from 'zod';
import { createErasure } from '../../backend/accounts/closing/erasure.ts';
import { createTransact } from '../../backend/compose-stores.ts';
import { asAdmin, auditOf, logIn, WITH_ADMIN } from '../support/administrator.ts';
import { behindTheScenes, close, idOf } from '../support/closing.ts';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { png } from '../support/pictures.ts';
import {
  asLearner,
  type Learner,
  PASSWORD,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const NICKNAME = '颜回字子渊';
const AGENT = 'an unmistakable telephone';

describeInOneMode('an account whose days are over', (mode) => {
  const email = someEmail();
  let tutor: TutorWithModel;
  let url: string;
  let admin: Learner;
  let behind: ReturnType<typeof behindTheScenes>;
  /** Who is gone, what was in the ledger before, and somebody who stays. */
  let gone: Learner;
  let ledger: unknown[];
  let answered: contract.Answer;
  let other: Learner;

  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    url = tutor.service.url;
    behind = behindTheScenes(tutor.service);
    admin = await asAdmin(url);
    gone = await somebodyWithEverything();
    other = await register(url);
    await other.openSession({ title: '别人的' });
    ledger = await behind.ledgerOf(gone);
    await close(gone);
    await behind.letTimePass(gone);
    await tutor.service.services.jobs.enqueue('erase-accounts', {});
    await eventually('it is erased', async () => (await behind.userRow(gone)).erased_at !== null);
  });
  afterAll(() => tutor.dispose());

  async function somebodyWithEverything(): Promise<Learner> {
    const body = { email, password: PASSWORD, nickname: NICKNAME };
    const reply = await visit(url).post('/api/auth/register', body, { 'user-agent': AGENT });
    const learner = asLearner(url, reply.data(contract.login, 201));
    const session = (await learner.openSession({ title: '箪食瓢饮' })).id;
    tutor.model.enqueue({ text: '在陋巷。' });
    answered = await learner.askWhole(session, QUESTION, { key: 'a key of mine' });
    await learner.call('PUT', '/api/user/avatar', png(), { 'content-type': 'image/png' });
    await behind.knex('wechat_identities').insert({
      ...{ app_id: 'wx1', openid: `open-${idOf(learner)}`, unionid: `union-${idOf(learner)}` },
      ...{ user_id: idOf(learner), client: 'web' },
    });
    return learner;
  }

  test('is a bare id: what belonged to the person is gone', async () => {
    expect(await behind.userRow(gone)).toMatchObject({
      ...{ email: null, password_hash: null, email_verified: false, avatar_url: null },
      ...{ nickname: '已注销用户', role: 'learner', closing_at: expect.any(Date) },
    });
    for (const table of [
      ...['sessions', 'logins', 'refresh_tokens', 'email_tokens'],
      ...['wechat_identities', 'avatars', 'idempotency_keys'],
    ]) {
      const rows = await behind.knex(table).where({ user_id: idOf(gone) });
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
    expect(await behind.knex('messages').where({ id: answered.message.id })).toEqual([]);
    const attempts = await behind.knex('login_attempts').where({ user_id: idOf(gone) });
    expect(attempts).toEqual([expect.objectContaining({ agent: '', address: '127.0.0.1' })]);
  });

  test('leaves address, name and device in no table, but for mails on their way', async () => {
    const { rows: tables } = await behind.knex.raw(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const holding: string[] = [];
    for (const { name } of tables) {
      for (const trace of [email, NICKNAME, AGENT]) {
        const query = behind.knex(name).whereRaw('strpos(??::text, ?) > 0', [name, trace]);
        if (await query.first(behind.knex.raw('1'))) holding.push(`${name}: ${trace}`);
      }
    }
    expect(holding).toEqual([`jobs: ${email}`]);
    expect(tables.length).toBeGreaterThan(15);
  });

  test('keeps its ledger and the sum of it', async () => {
    const after = await behind.ledgerOf(gone);
    expect(after).toEqual(ledger);
    expect(after.length).toBeGreaterThan(1);
    const sum = after.reduce((total, { amount }) => total + Number(amount), 0);
    const row = await behind
      .knex('balances')
      .where({ user_id: idOf(gone) })
      .first();
    const { balance, held } = row;
    expect([balance, held].map(Number)).toEqual([sum, 0]);
  });

  test('is on record as erased, and not whose it was', async () => {
    const [entry] = await auditOf(admin, `action=account.erase&targetId=${idOf(gone)}`);
    expect(entry).toMatchObject({ actorId: null, detail: {}, address: null, targetType: 'user' });
    const [closing] = await auditOf(admin, `action=account.close&targetId=${idOf(gone)}`);
    expect(closing).toMatchObject({ actorName: '已注销用户' });
  });

  test('is found nowhere, and nobody gets into it', async () => {
    const reply = await admin.get(`/api/admin/users?q=${idOf(gone)}`);
    expect(reply.data(contract.pageOf(z.unknown())).items).toEqual([]);
    const revive = { disabled: false, role: 'admin' };
    const patched = await admin.call('PATCH', `/api/admin/users/${idOf(gone)}`, revive);
    expect(patched.failure().status).toBe(404);
    const tries = [
      visit(url).post('/api/auth/email-login', { email, password: PASSWORD }),
      visit(url).post('/api/auth/refresh', { refreshToken: gone.login.refreshToken }),
      gone.get('/api/user/profile'),
    ];
    for (const each of tries) expect((await each).failure().status).toBe(401);
  });

  test('is not opened by a login that had begun before', async () => {
    const user = await tutor.service.services.stores.users.byId(idOf(gone));
    if (!user) throw new Error('the row is kept');
    const visitor = {
      method: 'password',
      caller: { address: '', agent: '', fromPage: false },
    } as const;
    const entering = tutor.service.services.accounts.logins.enter(user, visitor);
    await expect(entering).rejects.toMatchObject({ status: 401 });
    expect(await behind.userRow(gone)).toMatchObject({ closing_at: expect.any(Date) });
  });

  test('takes nothing of others along, and is erased once', async () => {
    const row = await behind.userRow(gone);
    await behind.eraseDue();
    expect(await behind.userRow(gone)).toEqual(row);
    expect((await other.get('/api/user/profile')).data(contract.user)).toEqual(other.login.user);
    expect((await other.get('/api/sessions')).text).toContain('别人的');
    expect(await auditOf(admin, `action=account.erase&targetId=${idOf(gone)}`)).toHaveLength(1);
  });

  test('gives its address free for somebody else', async () => {
    const anew = await register(url, email);
    expect(idOf(anew)).not.toBe(idOf(gone));
    expect((await anew.get('/api/sessions')).text).toContain('"items":[]');
  });

  test('belongs to its owner for as long as it is not erased', async () => {
    const learner = await register(url);
    await close(learner);
    await behind.letTimePass(learner);
    const { due } = tutor.service.services.stores.erasure;
    let again: Learner | undefined;
    const erasure = createErasure({
      stores: {
        erasure: {
          async due(page) {
            const ids = await due(page);
            expect(ids).toContain(idOf(learner));
            again = await logIn(url, learner.login.user.email);
            return ids;
          },
        },
      },
      transact: createTransact(behind.knex),
    });
    await erasure.eraseDue(AbortSignal.timeout(20_000));
    expect((await again?.get('/api/user/profile'))?.status).toBe(200);
    expect(await behind.userRow(learner)).toMatchObject({ erased_at: null, closing_at: null });
  });

  test('is either the owner’s again or erased, when both come at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const learner = await register(url);
      await close(learner);
      await behind.letTimePass(learner);
      const body = { email: learner.login.user.email, password: PASSWORD };
      const entering = visit(url).post('/api/auth/email-login', body);
      const [login] = await Promise.all([entering, behind.eraseDue()]);
      const { erased_at: erased } = await behind.userRow(learner);
      if (login.status === 200) {
        const { accessToken } = login.data(contract.login);
        expect((await visit(url, accessToken).get('/api/user/profile')).status).toBe(200);
        expect(erased).toBeNull();
      } else {
        expect(login.failure().status).toBe(401);
        expect(erased).not.toBeNull();
      }
    }
  });

  test('takes along what had become part of it', async () => {
    const [learner, merged] = [await register(url), await register(url)];
    await merged.openSession();
    const part = { merged_into: idOf(learner), disabled_at: behind.knex.fn.now() };
    await behind
      .knex('users')
      .where({ id: idOf(merged) })
      .update(part);
    await close(learner);
    await behind.letTimePass(learner);
    await behind.eraseDue();
    expect(await behind.userRow(merged)).toMatchObject({ email: null, nickname: '已注销用户' });
    expect(await behind.knex('sessions').where({ user_id: idOf(merged) })).toEqual([]);
  });

  test('is no admin’s any more, even in name', async () => {
    const learner = await register(url);
    await admin.call('PATCH', `/api/admin/users/${idOf(learner)}`, { role: 'admin' });
    await close(learner);
    await behind.letTimePass(learner);
    await behind.eraseDue();
    expect((await behind.userRow(learner)).role).toBe('learner');
  });
});
