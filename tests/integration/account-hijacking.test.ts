import { jest } from '@jest/globals';
import type { AppError } from '../../backend/errors.ts';
import { asAdmin, auditOf, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import {
  asLearner,
  type Learner,
  PASSWORD,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

const CONFIRM = '确认你的邮箱';
const RESET = '重设密码';
const LINKED = '账号已绑定微信';
const UNLINKED = '账号已解绑微信';
const NEXT = '温故而知新 1187';
const answered = contract.login.pick({ user: true });

describeInOneMode('an account that somebody else has prepared', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  let mailbox: Mailbox;
  let admin: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    mailbox = await openMailbox(space);
    const more = { ...wechat.environment, ...mailbox.environment, ...WITH_ADMIN };
    service = await space.start(more, { waitForLibrary: false });
    visits = visitsByWechat(service, wechat);
    admin = await asAdmin(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const here = () => visit(service.url);
  const accounts = () => service.services.accounts;
  const emailOf = ({ login }: Learner) => login.user.email ?? '';
  const idOf = ({ login }: Learner) => login.user.id;
  const enter = (email: string, password: string) =>
    here().post('/api/auth/email-login', { email, password });
  const confirm = async (email: string, count?: number) => {
    const token = await mailbox.token(email, CONFIRM, count);
    return (await here().post('/api/auth/verify-email', { token })).data(answered).user;
  };
  const reset = async (email: string) => {
    await here().post('/api/auth/forgot-password', { email });
    const body = { token: await mailbox.token(email, RESET), password: NEXT };
    return (await here().post('/api/auth/reset-password', body)).data(answered).user;
  };
  const moveTo = (learner: Learner, email: string) =>
    learner.call('PUT', '/api/user/email', { email, password: PASSWORD });
  const subjectsTo = async (email: string) => (await mailbox.of(email)).map((mail) => mail.subject);
  const deedsOn = async (learner: Learner) =>
    (await auditOf(admin, `targetId=${idOf(learner)}`)).map(({ action }) => action);
  const mailsDone = () =>
    eventually('all mails are sent', async () => {
      const waiting = service.platform.database.knex('jobs').where({ kind: 'send-account-mail' });
      return (await waiting.whereIn('status', ['queued', 'running'])).length === 0;
    });
  /** None of the ways that were prepared leads in any more; the owner's does. */
  const isOwnersAlone = async (
    thief: Learner,
    human: ReturnType<WechatStandIn['human']>,
    email: string,
  ) => {
    expect((await thief.get('/api/user/profile')).status).toBe(401);
    const { refreshToken } = thief.login;
    expect((await here().post('/api/auth/refresh', { refreshToken })).status).toBe(401);
    expect((await enter(email, PASSWORD)).status).toBe(401);
    for (const kind of ['web', 'miniprogram'] as const) {
      expect(idOf(await visits.login(human, kind))).not.toBe(idOf(thief));
    }
    const own = (await enter(email, NEXT)).data(contract.login).user;
    expect(own).toMatchObject({ id: idOf(thief), wechatLinked: false });
  };

  test('with the owner’s address is the owner’s alone after a new password by mail', async () => {
    const [thief, human] = [await register(service.url), wechat.human()];
    const email = emailOf(thief);
    await visits.link(human, 'web', thief);
    expect(await confirm(email)).toMatchObject({ id: idOf(thief), wechatLinked: true });
    await visits.link(human, 'miniprogram', thief);
    expect(await reset(email)).toMatchObject({ id: idOf(thief), wechatLinked: false });
    await isOwnersAlone(thief, human, email);
    const { text } = await mailbox.next(email, '密码已重新设置');
    expect(text).toMatch(/微信也已解除/);
    expect(await deedsOn(thief)).toEqual([
      'account.password_reset',
      'account.wechat_unlink',
      'account.wechat_link',
    ]);
  });

  test('and then moved to the owner’s address is no different', async () => {
    const [thief, human, victim] = [await register(service.url), wechat.human(), someEmail()];
    await confirm(emailOf(thief));
    await visits.link(human, 'web', thief);
    expect((await moveTo(thief, victim)).status).toBe(202);
    expect(await confirm(victim)).toMatchObject({ id: idOf(thief), email: victim });
    await reset(victim);
    await isOwnersAlone(thief, human, victim);
  });

  test('does not move away by a mail that still waits when the owner takes it', async () => {
    const [thief, bait] = [await register(service.url), someEmail()];
    expect((await moveTo(thief, bait)).status).toBe(202);
    await mailbox.next(bait, CONFIRM);
    await reset(emailOf(thief));
    // As the worker does when the mail server has put it off until now.
    const again = { kind: 'verify_email', userId: idOf(thief), email: bait } as const;
    await accounts().mailDelivery.deliver(again);
    await mailsDone();
    expect(await subjectsTo(bait)).toEqual([CONFIRM]);
    const token = await mailbox.token(bait, CONFIRM);
    expect((await here().post('/api/auth/verify-email', { token })).status).toBe(400);
  });

  test('is not changed by a request that was let in before its login ended', async () => {
    const [thief, human, bait] = [await register(service.url), wechat.human(), someEmail()];
    const [login] = await accounts().logins.list(idOf(thief));
    const identity = { userId: idOf(thief), role: 'learner', loginId: login?.id ?? '' } as const;
    expect((await visits.link(human, 'web', thief)).status).toBe(200);
    await thief.post('/api/auth/logout', { refreshToken: thief.login.refreshToken });
    const caller = { address: '192.0.2.1', agent: '', fromPage: false };
    const person = {
      ...({ appId: 'wx0', openid: bait, unionid: null, client: 'web' } as const),
      ...{ nickname: null, avatarUrl: null, sessionKey: null },
    };
    const late: Promise<unknown>[] = [
      accounts().wechat.link(identity, person, caller),
      accounts().wechat.unlink(identity, caller),
      accounts().emails.change(identity, { email: bait, password: PASSWORD }, caller),
    ];
    for (const outcome of await Promise.allSettled(late)) {
      expect(outcome.status).toBe('rejected');
      const { reason } = outcome as PromiseRejectedResult & { reason: AppError };
      expect(reason).toMatchObject({ status: 401, slug: 'unauthenticated' });
    }
    await mailsDone();
    expect(await subjectsTo(bait)).toEqual([]);
    expect(idOf(await visits.login(human, 'web'))).toBe(idOf(thief));
  });

  test('is not what an honest one looks like: who adds and confirms an address keeps WeChat', async () => {
    const [human, email] = [wechat.human(), someEmail()];
    const learner = await visits.login(human, 'miniprogram');
    expect((await learner.call('PUT', '/api/user/email', { email })).status).toBe(202);
    expect(await confirm(email)).toMatchObject({ id: idOf(learner), wechatLinked: true });
    const body = { password: NEXT };
    expect((await learner.call('PUT', '/api/user/password', body)).status).toBe(200);
    expect((await learner.get('/api/user/profile')).status).toBe(200);
    for (const kind of ['web', 'miniprogram'] as const) {
      expect(idOf(await visits.login(human, kind))).toBe(idOf(learner));
    }
  });

  test('does not get WeChat behind the back of who has confirmed the address', async () => {
    const [learner, human] = [await register(service.url), wechat.human()];
    const email = emailOf(learner);
    const unlink = () => learner.call('DELETE', '/api/user/wechat');
    // A mailbox that nobody has confirmed may be anybody's.
    await visits.link(human, 'web', learner);
    await unlink();
    await confirm(email);
    await visits.link(human, 'web', learner);
    await visits.link(human, 'web', learner);
    await mailbox.next(email, LINKED);
    await unlink();
    await unlink();
    await mailbox.next(email, UNLINKED);
    await mailsDone();
    expect(await subjectsTo(email)).toEqual([CONFIRM, LINKED, UNLINKED]);
    const [un, link] = ['account.wechat_unlink', 'account.wechat_link'];
    expect(await deedsOn(learner)).toEqual([un, link, un, link]);
    const [newest] = await auditOf(admin, `targetId=${idOf(learner)}&action=${un}`);
    expect(newest).toMatchObject({ actorId: idOf(learner), address: '127.0.0.1' });
  });

  test('gives the thief nothing when both come at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [thief, human] = [await register(service.url), wechat.human()];
      const email = emailOf(thief);
      await visits.link(human, 'web', thief);
      await here().post('/api/auth/forgot-password', { email });
      const body = { token: await mailbox.token(email, RESET), password: NEXT };
      const [taken] = await Promise.all([
        here().post('/api/auth/reset-password', body),
        visits.tryLogin(human, 'web'),
        visits.link(human, 'miniprogram', thief),
        visits.tryLogin(human, 'miniprogram'),
      ]);
      expect(taken.status).toBe(200);
      expect(idOf(await visits.login(human, 'web'))).not.toBe(idOf(thief));
      const own = asLearner(service.url, (await enter(email, NEXT)).data(contract.login));
      expect(own.login.user).toMatchObject({ id: idOf(thief), wechatLinked: false });
    }
  });
});
