import { jest } from '@jest/globals';
import { z } from 'zod';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { PASSWORD, register, someEmail, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const WRONG = 'not the password';
const logSchema = z.object({ items: z.array(z.object({ result: z.string() })) });

describeInOneMode('guessing passwords', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let mailbox: Mailbox;
  beforeAll(async () => {
    space = await openSpace(mode);
    mailbox = await openMailbox(space);
    // Behind a proxy, so that the tests can come from wherever they like.
    const more = { ...mailbox.environment, TRUST_PROXY: '1' };
    service = await space.start(more, { waitForLibrary: false });
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const knex = () => service.platform.database.knex;
  // Whoever came before to the same address must not matter.
  beforeEach(() => knex()('login_throttles').delete());

  const guess = (email: string | null, password: string, from = '198.51.100.1') =>
    visit(service.url).post(
      '/api/auth/email-login',
      { email, password },
      { 'x-forwarded-for': from },
    );
  const statuses = async (replies: Promise<{ status: number }>[]) =>
    (await Promise.all(replies)).map(({ status }) => status).sort();
  const times = <Item>(count: number, make: (n: number) => Item) =>
    Array.from({ length: count }, (_, n) => make(n));
  /** As if that many guesses at accounts of all sorts had failed from there, and no others anywhere. */
  const failedBefore = async (count: number, from: string) => {
    expect((await guess(someEmail(), WRONG, from)).status).toBe(401);
    await knex()('login_throttles').update({ failures: count });
  };
  /** As if so long had passed. */
  const letPass = (seconds: number) =>
    knex().raw(
      `update login_throttles set
         locked_until = locked_until - ? * interval '1 second',
         last_failed_at = last_failed_at - ? * interval '1 second'`,
      [seconds, seconds],
    );

  test('is stopped after a few attempts, even with the right one, and says for how long', async () => {
    const { login } = await register(service.url);
    const { email } = login.user;
    for (const _ of times(5, String)) expect((await guess(email, WRONG)).status).toBe(401);
    const reply = await guess(email, PASSWORD);
    expect(reply.failure()).toMatchObject({ status: 429, error: 'rate_limited' });
    const seconds = Number(reply.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(5);
    await letPass(5);
    expect((await guess(email, PASSWORD)).status).toBe(200);
    // The right one wipes the slate clean.
    for (const _ of times(4, String)) expect((await guess(email, WRONG)).status).toBe(401);
    expect((await guess(email, PASSWORD)).status).toBe(200);
  });

  test('of twenty guesses at once five are looked at', async () => {
    const { login } = await register(service.url);
    const { email } = login.user;
    const replies = await statuses(times(20, () => guess(email, WRONG)));
    expect(replies).toEqual([...Array(5).fill(401), ...Array(15).fill(429)]);
    expect(await statuses([guess(email, PASSWORD)])).toEqual([429]);
  });

  test('hidden among wrong ones, the right one gets no more looks than the others', async () => {
    const { login } = await register(service.url);
    const guesses = [...times(19, () => WRONG), PASSWORD];
    const first = await statuses(guesses.map((each) => guess(login.user.email, each)));
    expect(first.filter((status) => status === 401).length).toBeLessThanOrEqual(5 + 4);
    expect(first.filter((status) => status === 429).length).toBeGreaterThan(5);
  });

  test('an address that nobody has is locked the same way, in the same words', async () => {
    const { login } = await register(service.url);
    const nobody = someEmail();
    const story = async (email: string | null) => {
      const replies = [];
      for (const _ of times(7, String)) {
        const { status, error, message } = (await guess(email, WRONG)).failure();
        replies.push({ status, error, message: message.replace(/\d+/, 'N') });
      }
      return replies;
    };
    const known = await story(login.user.email);
    expect(await story(nobody)).toEqual(known);
    expect(known.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  test('each lock is longer than the last', async () => {
    const email = someEmail();
    await Promise.all(times(5, () => guess(email, WRONG)));
    const waits: number[] = [];
    for (const _ of times(4, String)) {
      const wait = Number((await guess(email, WRONG)).headers.get('retry-after'));
      waits.push(wait);
      await letPass(wait);
      expect((await guess(email, WRONG)).status).toBe(401);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    await letPass(3_600);
    for (const _ of times(5, String)) expect((await guess(email, WRONG)).status).toBe(401);
  });

  test('from many machines at one account is stopped, but not for its owner at home', async () => {
    const home = '203.0.113.7';
    const { login } = await register(service.url);
    const { email } = login.user;
    expect((await guess(email, PASSWORD, home)).status).toBe(200);
    const attack = times(40, (n) => guess(email, WRONG, `198.51.100.${n + 10}`));
    expect(await statuses(attack)).toEqual([...Array(30).fill(401), ...Array(10).fill(429)]);
    expect(await statuses([guess(email, PASSWORD, '192.0.2.200')])).toEqual([429]);
    expect(await statuses([guess(email, PASSWORD, home)])).toEqual([200]);
  });

  test('of one machine at many accounts is stopped, and nobody else is', async () => {
    const machine = '198.51.100.77';
    const { login } = await register(service.url);
    await failedBefore(170, machine);
    const spray = times(45, () => guess(someEmail(), WRONG, machine));
    const looked = (await statuses(spray)).filter((status) => status === 401).length;
    // On a slow machine one or two fade meanwhile.
    expect(looked).toBeGreaterThanOrEqual(30);
    expect(looked).toBeLessThan(35);
    expect(await statuses([guess(login.user.email, PASSWORD, machine)])).toEqual([429]);
    const again = async () => {
      const reply = await guess(someEmail(), WRONG, machine);
      return Number(reply.headers.get('retry-after') ?? 0);
    };
    const waits: number[] = [];
    for (const n of times(8, (each) => each)) {
      waits.push(await again());
      await letPass(waits[n] ?? 0);
      expect(await again()).toBe(0);
    }
    // Slow from here on, and never long: who comes there for the first time has to get in as well.
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(120);
    expect(await statuses([guess(login.user.email, PASSWORD, '203.0.113.9')])).toEqual([200]);
  });

  test('many people behind one address who know their passwords are no attack', async () => {
    const school = '203.0.113.50';
    const pupils = await Promise.all(times(12, () => register(service.url)));
    const round = pupils.map(({ login }) => guess(login.user.email, PASSWORD, school));
    expect(await statuses(round)).toEqual(Array(12).fill(200));
    const rush = pupils.flatMap(({ login }) =>
      times(5, () => guess(login.user.email, PASSWORD, school)),
    );
    expect(await statuses(rush)).toEqual(Array(60).fill(200));
  });

  test('behind a school’s address locks nobody out who logs in there', async () => {
    const school = '203.0.113.60';
    const [pupil, other] = await Promise.all([register(service.url), register(service.url)]);
    const [email, usual] = [pupil.login.user.email, other.login.user.email];
    expect(await statuses([guess(email, PASSWORD, school)])).toEqual([200]);
    // A few dozen are no reason to keep anybody out, not even who was never there.
    await failedBefore(80, school);
    expect(await statuses([guess(usual, PASSWORD, school)])).toEqual([200]);
    await failedBefore(190, school);
    await statuses(times(20, () => guess(someEmail(), WRONG, school)));
    // So that the lock lasts to the end of the story, however slow the machine is.
    await letPass(-300);
    expect(await statuses([guess(someEmail(), WRONG, school)])).toEqual([429]);
    expect(await statuses([guess(email, PASSWORD, school)])).toEqual([200]);
    // What is let pass is not free: at the account itself as few are looked at as ever.
    expect(await statuses(times(20, () => guess(email, WRONG, school)))).toEqual([
      ...Array(5).fill(401),
      ...Array(15).fill(429),
    ]);
    // And nobody buys strangers' guesses by entering an account of his own in between.
    expect(await statuses([guess(usual, PASSWORD, school)])).toEqual([200]);
    expect(await statuses([guess(someEmail(), WRONG, school)])).toEqual([429]);
  });

  test('one person’s devices may all come at once', async () => {
    const { login } = await register(service.url);
    const replies = times(20, () => guess(login.user.email, PASSWORD));
    expect(await statuses(replies)).toEqual(Array(20).fill(200));
  });

  test('with a house full of IPv6 addresses counts as one', async () => {
    const email = someEmail();
    const replies = times(9, (n) => guess(email, WRONG, `2001:db8:1:2::${n + 1}`));
    expect(await statuses(replies)).toEqual([...Array(5).fill(401), ...Array(4).fill(429)]);
  });

  test('is no easier for who has stolen a login', async () => {
    const learner = await register(service.url);
    const change = () =>
      learner.call('PUT', '/api/user/password', { currentPassword: WRONG, password: `${WRONG} 2` });
    const replies = await statuses(times(12, change));
    expect(replies).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
    const move = { email: someEmail(), password: PASSWORD };
    expect(await statuses([learner.call('PUT', '/api/user/email', move)])).toEqual([429]);
  });

  test('is over when the owner sets a new password by mail', async () => {
    const { login } = await register(service.url);
    const email = login.user.email ?? '';
    await Promise.all(times(30, (n) => guess(email, WRONG, `198.51.100.${n + 10}`)));
    expect(await statuses([guess(email, PASSWORD, '192.0.2.5')])).toEqual([429]);
    await visit(service.url).post('/api/auth/forgot-password', { email });
    const token = await mailbox.token(email, '重设密码');
    const body = { token, password: '温故而知新 1187' };
    const from = { 'x-forwarded-for': '192.0.2.5' };
    const reset = await visit(service.url).post('/api/auth/reset-password', body, from);
    expect(reset.status).toBe(200);
    expect(await statuses([guess(email, body.password, '192.0.2.5')])).toEqual([200]);
  });

  test('is seen by the owner: what failed, what was locked', async () => {
    const learner = await register(service.url);
    for (const _ of times(6, String)) await guess(learner.login.user.email, WRONG);
    const { items } = (await learner.get('/api/user/login-logs')).data(logSchema);
    expect(items.map(({ result }) => result)).toEqual([
      'locked',
      ...Array(5).fill('wrong_password'),
      'success',
    ]);
  });

  test('leaves nothing that tells whom it was aimed at, and in a day nothing at all', async () => {
    const email = someEmail();
    await guess(email, WRONG);
    const rows = await knex()('login_throttles');
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain(email);
    expect(JSON.stringify(rows)).not.toContain('198.51');
    await service.services.stores.throttles.deleteBefore(new Date(Date.now() - 86_400_000));
    expect(await knex()('login_throttles')).toHaveLength(3);
    await letPass(86_401);
    await service.services.stores.throttles.deleteBefore(new Date(Date.now() - 86_400_000));
    expect(await knex()('login_throttles')).toEqual([]);
  });
});
