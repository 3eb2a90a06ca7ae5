import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, someEmail, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');

describeInBothModes('bad input', (mode) => {
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
  const askRaw = (body: string | Uint8Array, headers?: Record<string, string>) =>
    learner.call('POST', messagesPath(), body, headers);
  const askWith = (body: unknown) => askRaw(JSON.stringify(body));
  const refused = { status: 400, error: 'invalid_input' };

  describe('a question', () => {
    test.each<[string, unknown]>([
      ['is missing', {}],
      ['is empty', { content: '' }],
      ['is blank', { content: ' \n\t　' }],
      ['is null', { content: null }],
      ['is a number', { content: 42 }],
      ['is a list', { content: ['学而'] }],
      ['is an object', { content: { $gt: '' } }],
      ['has 4001 characters', { content: '学'.repeat(4001) }],
      ['has 4001 emoji', { content: '🀄'.repeat(4001) }],
      ['ends in half an emoji', { content: '学\ud83d' }],
      ['is a lone low surrogate', { content: '\udc00' }],
      ['holds NUL', { content: '学\u0000而' }],
    ])('that %s is refused, naming the field', async (_, body) => {
      const failure = (await askWith(body)).failure();
      expect(failure).toMatchObject(refused);
      expect(failure.details).toEqual([
        { path: 'content', message: expect.stringMatching(/[一-龥]/) },
      ]);
    });

    test('in a body that is wrong throughout: all faults are told at once', async () => {
      const body = { content: '', model: 'gpt-99', thinking: 'yes' };
      const { details } = (await askWith(body)).failure();
      expect(details?.map(({ path }) => path).sort()).toEqual(['content', 'model', 'thinking']);
    });

    test('to a session that is no UUID, with other faults besides: all are told', async () => {
      const reply = await learner.post('/api/sessions/1 or 1=1/messages', { content: '' });
      expect(reply.failure().details?.map(({ path }) => path)).toEqual(['id', 'content']);
    });

    test.each([
      ['of 4000 emoji', '🀄'.repeat(4000)],
      ['of 4000 characters beside blanks', `  ${'学'.repeat(4000)}\n`],
      ['of one character', '仁'],
      ['with family emoji and combining marks', '👨‍👩‍👧‍👦 é 是什么意思？'],
      ['in which SQL is hidden', `'; drop table messages; --`],
      ['in which markup is hidden', '<script>alert(1)</script> {{7*7}} #{7*7} %s %n'],
    ])('%s is answered', async (_, content) => {
      const { userMessage, message } = await learner.askWhole(sessionId, content);
      expect(userMessage.content).toBe(content.trim());
      expect(message.status).toBe('complete');
    });
  });

  describe('a body', () => {
    test.each<[string, string | Uint8Array]>([
      ['that is no JSON', '{content: 学}'],
      ['that breaks off', '{"content":"学'],
      ['that is a bare string', '"学而"'],
      ['that is null', 'null'],
      ['that is no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe])],
    ])('%s is refused', async (_, body) => {
      expect((await askRaw(body)).failure()).toMatchObject(refused);
    });

    test('that is a list is refused in Chinese', async () => {
      const failure = (await askRaw('["学而"]')).failure();
      expect(failure).toMatchObject(refused);
      for (const { message } of failure.details ?? []) expect(message).toMatch(/[一-龥]/);
    });

    test('with keys like __proto__ is taken for what it is', async () => {
      const reply = await askRaw('{"__proto__":{"content":"学"},"constructor":1}');
      expect(reply.failure()).toMatchObject(refused);
    });

    test.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
    ])('that says it is %s is not read', async (type) => {
      const reply = await askRaw('{"content":"学"}', { 'content-type': type });
      expect(reply.failure()).toMatchObject({ status: 415, error: 'unsupported_media' });
    });

    test('in another charset or compression is not read', async () => {
      const body = '{"content":"学"}';
      const charset = { 'content-type': 'application/json; charset=gb2312' };
      expect((await askRaw(body, charset)).failure().status).toBe(415);
      expect((await askRaw(body, { 'content-encoding': 'zstd-x' })).failure().status).toBe(415);
      expect((await askRaw(body, { 'content-encoding': 'gzip' })).failure()).toMatchObject(refused);
    });

    test('of 200 kB is too large, deeply nested ones too', async () => {
      for (const body of [JSON.stringify({ content: 'x'.repeat(200_000) }), '['.repeat(200_000)]) {
        const failure = (await askRaw(body)).failure();
        expect(failure).toMatchObject({ status: 413, error: 'payload_too_large' });
      }
      expect((await askRaw('['.repeat(90_000))).failure()).toMatchObject(refused);
    });
  });

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
      '🀄'.repeat(8),
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
