import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { type Mailbox, openMailbox, PUBLIC_URL } from '../support/mailbox.ts';
import { PASSWORD, register, someEmail, visit } from '../support/service-client.ts';
import {
  describeInBothModes,
  describeInOneMode,
  openSpace,
  type ServiceSpace,
} from '../support/service-space.ts';
import { openSmtpStandIn, type SmtpStandIn } from '../support/smtp-stand-in.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const CONFIRM = '确认你的邮箱';
const CHANGED = '登录邮箱已更换';
const verified = contract.login.pick({ user: true });

describeInBothModes('mails that confirm an address', (mode) => {
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
  const verify = (token: string) => here().post('/api/auth/verify-email', { token });
  const tokens = () => service.platform.database.knex('email_tokens');
  const over = { status: 400, error: 'invalid_input', details: [{ path: 'token' }] };

  test('whoever signs up gets a link, and opening it confirms the address, once', async () => {
    const { login, get } = await register(service.url);
    const email = login.user.email ?? '';
    const token = await mailbox.token(email, CONFIRM);
    const stored = await tokens().where({ user_id: login.user.id });
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(token);
    const { user } = (await verify(token)).data(verified);
    expect(user).toMatchObject({ id: login.user.id, email, emailVerified: true });
    expect((await get('/api/user/profile')).data(contract.user).emailVerified).toBe(true);
    expect((await verify(token)).failure()).toMatchObject(over);
  });

  test('of many who open a link at once, one is told that it worked', async () => {
    const { login } = await register(service.url);
    const token = await mailbox.token(login.user.email ?? '', CONFIRM);
    const replies = await Promise.all(Array.from({ length: 6 }, () => verify(token)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });

  test('a link that is over, made up or meant for something else is refused alike', async () => {
    const { login } = await register(service.url);
    const email = login.user.email ?? '';
    const token = await mailbox.token(email, CONFIRM);
    const reset = { token, password: '一个新的密码 77' };
    expect((await here().post('/api/auth/reset-password', reset)).failure()).toMatchObject(over);
    await tokens()
      .where({ user_id: login.user.id })
      .update({ expires_at: new Date(Date.now() - 1_000) });
    const expired = (await verify(token)).failure();
    const madeUp = (await verify('x'.repeat(43))).failure();
    expect(expired).toMatchObject(over);
    expect({ ...madeUp, requestId: '' }).toEqual({ ...expired, requestId: '' });
    for (const bad of ['', 'x'.repeat(300)]) {
      expect((await verify(bad)).failure().details?.[0]?.path).toBe('token');
    }
  });

  test('a fresh link can be had until the address is confirmed, a few times', async () => {
    const learner = await register(service.url);
    const email = learner.login.user.email ?? '';
    const first = await mailbox.token(email, CONFIRM);
    const again = () => learner.post('/api/user/verification-mail');
    expect((await again()).status).toBe(202);
    const second = await mailbox.token(email, CONFIRM, 2);
    expect(second).not.toBe(first);
    for (const _ of [2, 3]) expect((await again()).status).toBe(202);
    const tooMany = await again();
    expect(tooMany.failure()).toMatchObject({ status: 429, error: 'rate_limited' });
    expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(60);
    // The first link is as good as the second: mails overtake each other.
    expect((await verify(first)).status).toBe(200);
    expect((await again()).failure()).toMatchObject({ status: 409, error: 'conflict' });
  });

  test('the address changes when the link to the new one is opened, and the old one is told', async () => {
    const learner = await register(service.url);
    const old = learner.login.user.email ?? '';
    const next = someEmail();
    const change = { email: next.toUpperCase(), password: PASSWORD };
    expect((await learner.call('PUT', '/api/user/email', change)).status).toBe(202);
    const token = await mailbox.token(next, CONFIRM);
    const profile = async () => (await learner.get('/api/user/profile')).data(contract.user);
    expect(await profile()).toMatchObject({ email: old, emailVerified: false });
    expect((await verify(token)).data(verified).user).toMatchObject({ email: next });
    expect(await profile()).toMatchObject({ email: next, emailVerified: true });
    await mailbox.next(old, CHANGED);
    const login = (email: string) =>
      here().post('/api/auth/email-login', { email, password: PASSWORD });
    expect((await login(next)).status).toBe(200);
    expect((await login(old)).failure().error).toBe('invalid_credentials');
    // The link that went to the old address at the beginning brings it not back.
    const [stale] = await mailbox.of(old);
    const [, before = ''] = /token=([\w-]+)/.exec(stale?.text ?? '') ?? [];
    expect((await verify(before)).failure()).toMatchObject(over);
  });

  test('of several addresses that were wanted, only the last can become the own', async () => {
    const learner = await register(service.url);
    const [one, other] = [someEmail(), someEmail()];
    const want = (email: string) =>
      learner.call('PUT', '/api/user/email', { email, password: PASSWORD });
    expect((await want(one)).status).toBe(202);
    const toOne = await mailbox.token(one, CONFIRM);
    expect((await want(other)).status).toBe(202);
    const toOther = await mailbox.token(other, CONFIRM);
    expect((await verify(toOne)).failure()).toMatchObject(over);
    expect((await verify(toOther)).data(verified).user.email).toBe(other);
  });

  test('an address that somebody has, or takes meanwhile, is refused in plain words', async () => {
    const learner = await register(service.url);
    const { login } = await register(service.url);
    const want = (email: string | null) =>
      learner.call('PUT', '/api/user/email', { email, password: PASSWORD });
    const taken = { status: 409, error: 'email_taken' };
    expect((await want(login.user.email)).failure()).toMatchObject(taken);
    expect((await want(learner.login.user.email)).failure()).toMatchObject({ status: 409 });
    const wanted = someEmail();
    expect((await want(wanted)).status).toBe(202);
    const token = await mailbox.token(wanted, CONFIRM);
    await register(service.url, wanted);
    expect((await verify(token)).failure()).toMatchObject(taken);
    const profile = (await learner.get('/api/user/profile')).data(contract.user);
    expect(profile.email).toBe(learner.login.user.email);
  });

  test('to change the address one must know the password', async () => {
    const learner = await register(service.url);
    const want = (more: object) =>
      learner.call('PUT', '/api/user/email', { email: someEmail(), ...more });
    expect((await want({})).failure()).toMatchObject({
      ...{ status: 400, error: 'invalid_input', details: [{ path: 'password' }] },
    });
    expect((await want({ password: 'not the password' })).failure()).toMatchObject({
      ...{ status: 401, error: 'invalid_credentials', details: [{ path: 'password' }] },
    });
  });

  test('nothing that a person types gets into a header of a mail', async () => {
    const bad = [
      'victim@example.org\r\nBcc: all@example.org',
      'victim@example.org\nSubject: prize',
      'victim@example.org, other@example.org',
      'victim@example.org%0d%0aBcc: all@example.org',
      '"a\r\nBcc: all@example.org"@example.org',
      'Name <victim@example.org>',
    ];
    const learner = await register(service.url);
    for (const email of bad) {
      const replies = [
        await here().post('/api/auth/register', { email, password: PASSWORD }),
        await here().post('/api/auth/forgot-password', { email }),
        await learner.call('PUT', '/api/user/email', { email, password: PASSWORD }),
      ];
      for (const reply of replies) {
        expect(reply.failure().details?.map(({ path }) => path)).toEqual(['email']);
      }
    }
    const email = someEmail();
    const nickname = '骗子\r\nBcc: all@example.org';
    const body = { email, password: PASSWORD, nickname };
    await here().post('/api/auth/register', body);
    const { text } = await mailbox.next(email, CONFIRM);
    expect(text).not.toContain('骗子');
    expect(text).toContain(`${PUBLIC_URL}/verify-email?token=`);
    for (const { to } of await mailbox.all()) expect(to).not.toMatch(/all@|victim@|,/);
  });
});

describeInOneMode('a mail server', (mode) => {
  const login = { user: 'tutor', pass: 'a secret of the mail server' };
  let space: ServiceSpace;
  let service: RunningService;
  let smtp: SmtpStandIn;
  beforeAll(async () => {
    space = await openSpace(mode);
    smtp = await openSmtpStandIn({ login });
    space.beforeDisposal(() => smtp.close());
    const more = { PUBLIC_URL, SMTP_URL: smtp.url, MAIL_FROM: '学堂 <school@example.org>' };
    service = await space.start(more, { waitForLibrary: false });
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
    expect(JSON.stringify(service.log)).not.toContain(login.pass);
  });
  const jobOf = (email: string) =>
    service.platform.database
      .knex('jobs')
      .where({ kind: 'send-account-mail' })
      .whereRaw(`payload->>'email' = ?`, [email])
      .first();
  const mailsTo = (email: string) =>
    smtp.mails.filter(({ recipients }) => recipients.includes(email));

  test('gets mails from the sender that is set', async () => {
    const { login } = await register(service.url);
    const email = login.user.email ?? '';
    await eventually('the mail is there', () => mailsTo(email).length === 1);
    const [{ from, parsed } = { from: '', parsed: undefined }] = mailsTo(email);
    expect(from).toBe('school@example.org');
    expect(parsed?.from).toMatchObject({ name: '学堂', address: 'school@example.org' });
    expect(parsed?.html).toContain(`<a href="${PUBLIC_URL}/verify-email?token=`);
  });

  test('that refuses a recipient for good is not asked again', async () => {
    const email = someEmail();
    smtp.refuse(new RegExp(email), 550);
    await register(service.url, email);
    await eventually('the job is over', async () => (await jobOf(email))?.status === 'failed');
    smtp.refuse(undefined);
    const job = await jobOf(email);
    expect(job).toMatchObject({ attempts: 1, error: expect.stringContaining('550') });
    expect(job?.error).not.toContain(email);
    expect(mailsTo(email)).toEqual([]);
  });

  test('that is busy is asked again later, with a link that works', async () => {
    const email = someEmail();
    smtp.refuse(new RegExp(email), 451);
    const learner = await register(service.url, email);
    await eventually('it was tried', async () => Boolean((await jobOf(email))?.error));
    expect(await jobOf(email)).toMatchObject({ status: 'queued', attempts: 1 });
    smtp.refuse(undefined);
    await eventually('the mail is there', () => mailsTo(email).length === 1, 20_000);
    const [, token] = /token=([\w-]+)/.exec(mailsTo(email)[0]?.parsed.text ?? '') ?? [];
    const reply = await visit(service.url).post('/api/auth/verify-email', { token });
    expect(reply.data(verified).user.id).toBe(learner.login.user.id);
  });
});

describeInOneMode('a service that dies before its mails are sent', (mode) => {
  test('sends them when it is there again', async () => {
    const space = await openSpace(mode);
    const smtp = await openSmtpStandIn();
    space.beforeDisposal(() => smtp.close());
    try {
      const dead = { PUBLIC_URL, SMTP_URL: 'smtp://127.0.0.1:1' };
      const first = await space.start(dead, { waitForLibrary: false });
      const { login } = await register(first.url);
      await first.stop();
      await space.start({ PUBLIC_URL, SMTP_URL: smtp.url }, { waitForLibrary: false });
      await eventually('the mail is there', () => smtp.mails.length === 1, 30_000);
      expect(smtp.mails[0]?.recipients).toEqual([login.user.email]);
    } finally {
      await space.dispose();
    }
  });
});
