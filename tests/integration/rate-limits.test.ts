import { jest } from '@jest/globals';
import {
  asGuest,
  type Client,
  PASSWORD,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import {
  describeInBothModes,
  inOneMode,
  openSpace,
  type ServiceSpace,
} from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const LIMITS = {
  RATE_LIMIT_DISABLED: '0',
  RATE_LIMIT_GUESTS_PER_HOUR: '4',
  RATE_LIMIT_REGISTRATIONS_PER_HOUR: '3',
  RATE_LIMIT_LOGINS_PER_MINUTE: '3',
  RATE_LIMIT_OTHERS_PER_MINUTE: '12',
  RATE_LIMIT_QUESTIONS_PER_MINUTE: '2',
  RATE_LIMIT_LIBRARY_PER_MINUTE: '6',
};

describeInBothModes('rate limits', (mode) => {
  let space: ServiceSpace;
  let processes: RunningService[];
  beforeEach(async () => {
    space = await openSpace(mode);
    processes = [await space.start(LIMITS)];
    if (mode === 'services') processes.push(await space.start(LIMITS));
  });
  afterEach(async () => {
    await space.dispose();
    for (const each of processes) expect(errorsIn(each)).toEqual([]);
  });

  /** Goes round the processes, which count together. */
  const repeat = async (times: number, call: (url: string) => ReturnType<Client['get']>) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const reply = await call(processes[n % processes.length]?.url ?? '');
      statuses.push(reply.status);
      if (reply.status !== 429) continue;
      expect(reply.failure()).toMatchObject({ error: 'rate_limited' });
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    return statuses;
  };

  test('hold for each kind of call by itself, in all processes together', async () => {
    const [first] = processes;
    const url = first?.url ?? '';
    const guest = await asGuest(url);
    const other = await register(url);
    const works = await repeat(8, (at) => visit(at).get('/api/library/works'));
    expect(works).toEqual([...Array(6).fill(200), 429, 429]);
    const body = { email: 'nobody@example.org', password: 'no password' };
    const logins = await repeat(4, (at) => visit(at).post('/api/auth/email-login', body));
    expect(logins).toEqual([401, 401, 401, 429]);
    const guests = await repeat(4, (at) => visit(at).post('/api/auth/guest'));
    expect(guests).toEqual([201, 201, 201, 429]);
    const ask = async (learner: typeof guest) => {
      const { id } = await learner.openSession();
      return () => learner.post(`/api/sessions/${id}/messages`, { content: '你好' });
    };
    expect(await repeat(3, await ask(guest))).toEqual([200, 200, 429]);
    expect(await repeat(1, await ask(other))).toEqual([200]);
    expect((await guest.get('/api/user/profile')).status).toBe(200);
    expect((await visit(url).get('/health')).status).toBe(200);
  });

  inOneMode(mode, () => {
    test('nobody signs up in masses, not even with a fresh guest’s token each time', async () => {
      const guests = await Promise.all([1, 2, 3, 4].map(() => asGuest(processes[0]?.url ?? '')));
      const signUps = await repeat(4, (at) => {
        const { login } = guests.pop() as (typeof guests)[number];
        return visit(at, login.accessToken).post('/api/auth/register', {
          email: someEmail(),
          password: PASSWORD,
        });
      });
      expect(signUps).toEqual([201, 201, 201, 429]);
    });

    test('nobody tries tokens without end', async () => {
      const calls = await repeat(13, (at) => visit(at, 'made up').get('/api/user/profile'));
      expect(calls).toEqual([...Array(12).fill(401), 429]);
    });

    test('an account uses up its own budget and nobody else’s', async () => {
      const busy = await asGuest(processes[0]?.url ?? '');
      const calm = await asGuest(processes[0]?.url ?? '');
      const calls = await repeat(13, (at) =>
        visit(at, busy.login.accessToken).get('/api/user/profile'),
      );
      expect(calls).toEqual([...Array(12).fill(200), 429]);
      expect((await calm.get('/api/user/profile')).status).toBe(200);
    });
  });
});
