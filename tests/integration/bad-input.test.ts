import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, someEmail, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');

describeInOneMode('bad input', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({ GUEST_GRANT_TOKENS: '1000000' });
    learner = await asGuest(service.url);
    sessionId = (await learner.openSession()).id;
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const messagesPath = () => `/api/sessions/${sessionId}/messages`;
  const refused = { status: 400, error: 'invalid_input' };

  test.each([
    ['', 'empty'],
    ['x'.repeat(129), 'too long'],
    ['学而'.normalize('NFD').replaceAll(/./g, 'é'), 'not ASCII'],
    ['a\tb', 'with a tab'],
  ])('an Idempotency-Key «%s» (%s) is refused', async (key) => {
    const reply = await learner.post('/api/sessions', {}, { 'idempotency-key': key });
    const failure = reply.failure();
    expect(failure).toMatchObject(refused);
    expect(failure.details?.[0]?.path).toBe('Idempotency-Key');
  });

  test('a request id is kept when it is one, else made', async () => {
    const own = `test.${randomUUID()}`;
    const kept = await learner.get('/api/sessions', { 'x-request-id': own });
    expect(kept.headers.get('x-request-id')).toBe(own);
    for (const bad of ['with blank inside it', 'x'.repeat(200), 'a"b<c>d;e\'f']) {
      const made = await learner.get('/api/nowhere', { 'x-request-id': bad });
      expect(made.failure().requestId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test.each([
    '?limit=0',
    '?limit=101',
    '?limit=1.5',
    '?limit=ten',
    '?limit=',
    '?limit=1&limit=2',
    '?limit=-1',
    '?limit=1e999',
    '?cursor=nonsense',
    '?cursor=',
    `?cursor=${cursor(['yesterday', randomUUID()])}`,
    `?cursor=${cursor(['2024-01-01T00:00:00.000Z', 'x'])}`,
    `?cursor=${cursor(['0000-01-01T00:00:00.000Z', randomUUID()])}`,
    `?cursor=${cursor({ limit: 1 })}`,
    `?cursor=${'x'.repeat(501)}`,
    '?archived=perhaps',
    `?q=${'学'.repeat(101)}`,
    '?q=%00',
    '?q=a&q=b',
  ])('a list of sessions with %s is refused', async (query) => {
    const failure = (await learner.get(`/api/sessions${query}`)).failure();
    expect(failure).toMatchObject(refused);
    expect(failure.details?.length).toBe(1);
  });

  test('a cursor that is none is told together with what else is wrong', async () => {
    const reply = await learner.get('/api/sessions?limit=0&cursor=nonsense&archived=perhaps');
    const paths = reply.failure().details?.map(({ path }) => path);
    expect(paths?.sort()).toEqual(['archived', 'cursor', 'limit']);
  });

  test.each([[[1, 2]], [[-1]], [['1']], [[1.5]], [[2 ** 31]], [[Number.MAX_SAFE_INTEGER]]])(
    'a cursor at %j is no place among messages, or there is nothing beyond it',
    async (position) => {
      const reply = await learner.get(`${messagesPath()}?cursor=${cursor(position)}`);
      if (reply.status === 200) {
        expect(reply.data(contract.pageOf(contract.message)).items).toEqual([]);
      } else expect(reply.failure()).toMatchObject(refused);
    },
  );

  test.each(['%E0%A4%A', '..%2f..%2fetc%2fpasswd', "1'--", '%00', 'ÿ', '{id}'])(
    'an id «%s» is refused, and an unknown one not found',
    async (id) => {
      for (const path of [`/api/sessions/${id}`, `/api/library/works/${id}`]) {
        expect((await learner.get(path)).failure()).toMatchObject(refused);
      }
    },
  );

  test('what does not exist is not found', async () => {
    const id = randomUUID();
    const paths = [
      `/api/sessions/${id}`,
      `/api/sessions/${id}/messages`,
      `/api/messages/${id}/events`,
      `/api/library/works/${id}`,
      `/api/library/works/${id}/chapters/${id}`,
      `/api/library/passages/${id}`,
      `/api/library/search?q=学&work=${id}`,
      '/api/nowhere',
      '/api/',
      '/nowhere',
    ];
    for (const path of paths) {
      expect((await learner.get(path)).failure()).toMatchObject({
        status: 404,
        error: 'not_found',
      });
    }
    expect((await learner.call('PUT', '/api/sessions')).failure().status).toBe(404);
  });

  test('registration tells all that is wrong', async () => {
    const body = { email: 'no address', password: '短', nickname: '名'.repeat(33) };
    const reply = await visit(service.url).post('/api/auth/register', body);
    const { details } = reply.failure();
    expect(details?.map(({ path }) => path).sort()).toEqual(['email', 'nickname', 'password']);
  });

  test.each([
    'a@b',
    'a b@example.org',
    '学@例子。中国',
    `${'x'.repeat(250)}@example.org`,
    'a@example.org\u0000',
    { $ne: '' },
  ])('an address %j is none', async (email) => {
    const body = { email, password: 'long enough' };
    for (const path of ['/api/auth/register', '/api/auth/email-login']) {
      const failure = (await visit(service.url).post(path, body)).failure();
      expect(failure).toMatchObject(refused);
      expect(failure.details?.map((detail) => detail.path)).toEqual(['email']);
    }
  });

  test('odd passwords are passwords', async () => {
    for (const password of [
      '🀄🎋🍵🏮🐉🧧📜🖌',
      'nul\u0000inside',
      'half an emoji \ud83d',
      "' or '1'='1",
    ]) {
      const body = { email: someEmail(), password };
      const reply = await visit(service.url).post('/api/auth/register', body);
      reply.data(contract.login, 201);
      const login = await visit(service.url).post('/api/auth/email-login', body);
      login.data(contract.login);
    }
  });
});
