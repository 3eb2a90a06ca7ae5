import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { asLearner, PASSWORD, register, someEmail, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const RESET = '重设密码';
const NEXT = '温故而知新 1187';

describeInOneMode('a forgotten password', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let mailbox: Mailbox;
  beforeAll(async () => {
    space = await openSpace(mode);
    mailbox = await openMailbox(space);
    service = await space.start(mailbox.environment, { waitForLibrary: false });
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const here = () => visit(service.url);
  const knex = () => service.platform.database.knex;
  const forget = (email: string | null) => here().post('/api/auth/forgot-password', { email });
  const reset = (token: string, password = NEXT) =>
    here().post('/api/auth/reset-password', { token, password });
  const enter = (email: string | null, password: string) =>
    here().post('/api/auth/email-login', { email, password });
  const over = { status: 400, error: 'invalid_input', details: [{ path: 'token' }] };

  /** All mails that were asked for so far are sent, or will never be. */
  const mailsDone = () =>
    eventually('all mails are sent', async () => {
      const waiting = knex()('jobs').where({ kind: 'send-account-mail' });
      return (await waiting.whereIn('status', ['queued', 'running'])).length === 0;
    });
  const tokenFor = async (email: string | null, count?: number) => {
    expect((await forget(email)).status).toBe(202);
    return mailbox.token(email ?? '', RESET, count);
  };

  test('is replaced by the link in a mail; everybody is logged out and the owner told', async () => {
    const learner = await register(service.url);
    const { email, id } = learner.login.user;
    const token = await tokenFor(email);
    const { user } = (await reset(token)).data(contract.login.pick({ user: true }));
    expect(user).toMatchObject({ id, email, emailVerified: true });
    expect((await learner.get('/api/user/profile')).status).toBe(401);
    const { refreshToken } = learner.login;
    expect((await here().post('/api/auth/refresh', { refreshToken })).status).toBe(401);
    expect((await enter(email, PASSWORD)).status).toBe(401);
    expect((await enter(email, NEXT)).status).toBe(200);
    await mailbox.next(email ?? '', '密码已重新设置');
    expect((await reset(token, `${NEXT} 又`)).failure()).toMatchObject(over);
    expect((await enter(email, NEXT)).status).toBe(200);
  });

  test('is told to nobody: the reply is the same for an address that nobody has', async () => {
    const { login } = await register(service.url);
    const nobody = someEmail();
    const [known, unknown] = [await forget(login.user.email), await forget(nobody)];
    expect(unknown.status).toBe(202);
    expect(unknown.text).toBe(known.text);
    await mailbox.next(login.user.email ?? '', RESET);
    await mailsDone();
    expect(await mailbox.of(nobody)).toEqual([]);
  });

  test('of many with one link at once, one sets the password', async () => {
    const { login } = await register(service.url);
    const token = await tokenFor(login.user.email);
    const wanted = Array.from({ length: 5 }, (_, n) => `${NEXT} 第${n}`);
    const replies = await Promise.all(wanted.map((password) => reset(token, password)));
    const statuses = replies.map(({ status }) => status);
    expect([...statuses].sort()).toEqual([200, 400, 400, 400, 400]);
    const winner = wanted[statuses.indexOf(200)] ?? '';
    expect((await enter(login.user.email, winner)).status).toBe(200);
  });

  test('by a link that is old, expired, made up or for something else, is not replaced', async () => {
    const { login } = await register(service.url);
    const { email, id } = login.user;
    const confirm = await mailbox.token(email ?? '', '确认你的邮箱');
    expect((await reset(confirm)).failure()).toMatchObject(over);
    const older = await tokenFor(email);
    const newer = await tokenFor(email, 2);
    expect((await reset(older)).failure()).toMatchObject(over);
    const verify = await here().post('/api/auth/verify-email', { token: newer });
    expect(verify.failure()).toMatchObject(over);
    await knex()('email_tokens')
      .where({ user_id: id, purpose: 'reset_password' })
      .update({ expires_at: new Date(Date.now() - 1_000) });
    expect((await reset(newer)).failure()).toMatchObject(over);
    expect((await reset('x'.repeat(43))).failure()).toMatchObject(over);
    expect((await enter(email, PASSWORD)).status).toBe(200);
  });

  test('may be replaced by a better one after a bad one was refused', async () => {
    const { login } = await register(service.url);
    const token = await tokenFor(login.user.email);
    for (const bad of ['short', 'password2024', login.user.email ?? '']) {
      const failure = (await reset(token, bad)).failure();
      expect(failure).toMatchObject({ status: 400, details: [{ path: 'password' }] });
    }
    expect((await reset(token)).status).toBe(200);
  });

  test('a link is void once the password or the address was changed otherwise', async () => {
    const learner = await register(service.url);
    const { email } = learner.login.user;
    const first = await tokenFor(email);
    const change = { currentPassword: PASSWORD, password: NEXT };
    expect((await learner.call('PUT', '/api/user/password', change)).status).toBe(200);
    expect((await reset(first, `${NEXT} 又`)).failure()).toMatchObject(over);
    const second = await tokenFor(email, 2);
    const next = someEmail();
    const move = { email: next, password: NEXT };
    expect((await learner.call('PUT', '/api/user/email', move)).status).toBe(202);
    const token = await mailbox.token(next, '确认你的邮箱');
    expect((await here().post('/api/auth/verify-email', { token })).status).toBe(200);
    expect((await reset(second, `${NEXT} 又`)).failure()).toMatchObject(over);
    expect((await enter(next, NEXT)).status).toBe(200);
  });

  test('with it goes what a thief has prepared: another address, another way in', async () => {
    const thief = await register(service.url);
    const { email, id } = thief.login.user;
    const bait = someEmail();
    const move = { email: bait, password: PASSWORD };
    expect((await thief.call('PUT', '/api/user/email', move)).status).toBe(202);
    const prepared = await mailbox.token(bait, '确认你的邮箱');
    await knex()('wechat_identities').insert({
      ...{ app_id: 'wx0', openid: id, user_id: id, client: 'web' },
    });
    expect((await reset(await tokenFor(email))).status).toBe(200);
    const verify = await here().post('/api/auth/verify-email', { token: prepared });
    expect(verify.failure()).toMatchObject(over);
    expect(await knex()('wechat_identities').where({ user_id: id })).toEqual([]);
  });

  test('of an account that is closing may be replaced; of a disabled one not', async () => {
    const [closing, disabled] = [await register(service.url), await register(service.url)];
    const inAWeek = new Date(Date.now() + 7 * 86_400_000);
    await knex()('users').where({ id: closing.login.user.id }).update({ closing_at: inAWeek });
    expect((await reset(await tokenFor(closing.login.user.email))).status).toBe(200);
    const again = await enter(closing.login.user.email, NEXT);
    const back = asLearner(service.url, again.data(contract.login));
    expect((await back.get('/api/user/profile')).status).toBe(200);
    const { id, email } = disabled.login.user;
    const token = await tokenFor(email);
    await knex()('users').where({ id }).update({ disabled_at: new Date() });
    expect((await reset(token)).failure()).toMatchObject(over);
    await forget(email);
    await mailsDone();
    const mails = await mailbox.of(email ?? '');
    expect(mails.filter(({ subject }) => subject === RESET)).toHaveLength(1);
  });

  test('does not fill somebody’s mailbox, and the one who asks cannot tell', async () => {
    const { login } = await register(service.url);
    const { email } = login.user;
    const replies = await Promise.all(Array.from({ length: 12 }, () => forget(email)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await mailsDone();
    const resets = (await mailbox.of(email ?? '')).filter(({ subject }) => subject === RESET);
    expect(resets).toHaveLength(3);
  });

  test('is not in the log, and neither is a token', async () => {
    const { login } = await register(service.url);
    const token = await tokenFor(login.user.email);
    await reset(token);
    await mailsDone();
    const said = JSON.stringify(service.log);
    for (const secret of [token, NEXT, PASSWORD]) expect(said).not.toContain(secret);
    const kept = JSON.stringify(await knex()('jobs').where({ kind: 'send-account-mail' }));
    expect(kept).not.toContain(token);
  });
});
