import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, PASSWORD, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

describeInOneMode('linking WeChat', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    service = await space.start(wechat.environment);
    visits = visitsByWechat(service, wechat);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const stores = () => service.services.stores;
  const unlink = (learner: Learner) => learner.call('DELETE', '/api/user/wechat');
  const profile = async (learner: Learner) =>
    (await learner.get('/api/user/profile')).data(contract.user);
  const emailLogin = (learner: Learner) =>
    visit(service.url).post('/api/auth/email-login', {
      email: learner.login.user.email,
      password: PASSWORD,
    });

  test('a linked account is entered by both apps and by password', async () => {
    const learner = await register(service.url);
    const human = wechat.human();
    const linked = (await visits.link(human, 'web', learner)).data(contract.user);
    expect(linked).toEqual({ ...learner.login.user, wechatLinked: true });
    for (const kind of ['web', 'miniprogram'] as const) {
      expect((await visits.login(human, kind)).login.user.id).toBe(linked.id);
    }
    expect((await emailLogin(learner)).status).toBe(200);
    expect((await learner.balance()).balance).toBe(20_000);
    const again = await visits.link(human, 'miniprogram', learner);
    expect(again.data(contract.user)).toEqual(linked);
  });

  test('one WeChat that many accounts want at once goes to one of them', async () => {
    const human = wechat.human();
    const learners = await Promise.all([1, 2, 3, 4].map(() => register(service.url)));
    const replies = await Promise.all(
      learners.map((learner) => visits.link(human, 'web', learner)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const profiles = await Promise.all(learners.map(profile));
    expect(profiles.filter(({ wechatLinked }) => wechatLinked)).toHaveLength(1);
  });

  test('one account that many WeChats want at once goes to one of them', async () => {
    const learner = await register(service.url);
    const humans = [wechat.human(), wechat.human(), wechat.human({ unionid: null })];
    const replies = await Promise.all(humans.map((human) => visits.link(human, 'web', learner)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const { id } = learner.login.user;
    expect(await stores().wechatIdentities.ofUser(id)).toHaveLength(1);
  });

  test('linking and the first login at the same moment end in one account', async () => {
    for (let round = 0; round < 3; round += 1) {
      const human = wechat.human();
      const learner = await register(service.url);
      const [reply] = await Promise.all([
        visits.link(human, 'web', learner),
        visits.tryLogin(human, 'miniprogram'),
        visits.tryLogin(human, 'web'),
      ]);
      expect(reply.status).toBe(200);
      const { id } = learner.login.user;
      expect((await visits.login(human, 'web')).login.user.id).toBe(id);
      expect((await visits.login(human, 'miniprogram')).login.user.id).toBe(id);
    }
  });

  test('an account with an address of its own is not swallowed', async () => {
    const human = wechat.human();
    const first = await register(service.url);
    expect((await visits.link(human, 'web', first)).status).toBe(200);
    const second = await register(service.url);
    for (const kind of ['web', 'miniprogram'] as const) {
      const refused = (await visits.link(human, kind, second)).failure();
      expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    }
    expect((await profile(second)).wechatLinked).toBe(false);
    expect((await visits.login(human, 'web')).login.user.id).toBe(first.login.user.id);
  });

  test('an administrator who comes by WeChat is not swallowed either', async () => {
    const human = wechat.human();
    const { id } = (await visits.login(human, 'web')).login.user;
    await stores().users.update(id, { role: 'admin' });
    const learner = await register(service.url);
    expect((await visits.link(human, 'web', learner)).failure().error).toBe('conflict');
  });

  test('a second person does not fit, by another openid or another unionid', async () => {
    const learner = await register(service.url);
    expect((await visits.link(wechat.human(), 'web', learner)).status).toBe(200);
    for (const kind of ['web', 'miniprogram'] as const) {
      const refused = (await visits.link(wechat.human(), kind, learner)).failure();
      expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    }
  });

  test('a disabled account cannot slip out by being linked', async () => {
    const human = wechat.human();
    const { id } = (await visits.login(human, 'miniprogram')).login.user;
    await stores().users.update(id, { disabledAt: new Date() });
    const learner = await register(service.url);
    const refused = (await visits.link(human, 'web', learner)).failure();
    expect(refused).toMatchObject({ status: 403, error: 'forbidden' });
    expect((await learner.balance()).balance).toBe(20_000);
  });

  test('a guest’s token used for two ways in at once opens both, and nobody waits for ever', async () => {
    for (let round = 0; round < 5; round += 1) {
      const human = wechat.human();
      const learner = await register(service.url);
      expect((await visits.link(human, 'web', learner)).status).toBe(200);
      const guest = await asGuest(service.url);
      const session = await guest.openSession();
      const { email } = learner.login.user;
      const replies = await Promise.all([
        visits.tryLogin(human, 'web', guest),
        visits.tryLogin(human, 'miniprogram', guest),
        guest.post('/api/auth/email-login', { email, password: PASSWORD }),
      ]);
      // Who comes after the guest is gone comes with a token that is over.
      for (const { status } of replies) expect([200, 401]).toContain(status);
      expect(replies.some(({ status }) => status === 200)).toBe(true);
      expect((await learner.get(`/api/sessions/${session.id}`)).status).toBe(200);
    }
  });

  test('what is unlinked is forgotten; coming back by WeChat is a new start without a gift', async () => {
    const learner = await register(service.url);
    const human = wechat.human();
    const { id } = (await visits.login(human, 'web')).login.user;
    expect((await visits.link(human, 'web', learner)).status).toBe(200);
    for (const _ of ['once', 'again']) {
      const user = (await unlink(learner)).data(contract.user);
      expect(user).toEqual({ ...learner.login.user, wechatLinked: false });
    }
    expect((await learner.balance()).balance).toBe(40_000);
    for (const kind of ['web', 'miniprogram'] as const) {
      const stranger = await visits.login(human, kind);
      expect([id, learner.login.user.id]).not.toContain(stranger.login.user.id);
      expect((await stranger.balance()).balance).toBe(0);
    }
  });

  test('the only way in cannot be taken away', async () => {
    const human = wechat.human();
    const learner = await visits.login(human, 'web');
    const { id } = learner.login.user;
    const refuse = async () =>
      expect((await unlink(learner)).failure()).toMatchObject({ status: 409, error: 'conflict' });
    await refuse();
    await stores().users.update(id, { email: `${randomUUID()}@example.org` });
    await refuse();
    expect((await visits.login(human, 'web')).login.user.id).toBe(id);
    await stores().users.update(id, { passwordHash: 'some hash' });
    expect((await unlink(learner)).status).toBe(200);
  });

  test('is for accounts: a guest and a visitor are told so', async () => {
    const guest = await asGuest(service.url);
    const before = wechat.calls.length;
    const body = { code: wechat.codeFor(wechat.human(), 'miniprogram'), client: 'miniprogram' };
    expect((await guest.post('/api/user/wechat', body)).failure().error).toBe('forbidden');
    expect((await unlink(guest)).failure().error).toBe('forbidden');
    const visitor = await visit(service.url).post('/api/user/wechat', body);
    expect(visitor.failure().error).toBe('unauthenticated');
    expect(wechat.calls.length).toBe(before);
  });
});
