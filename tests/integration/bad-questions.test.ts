import { jest } from '@jest/globals';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

describeInOneMode('what is asked', (mode) => {
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

  const askRaw = (body: string | Uint8Array, headers?: Record<string, string>) =>
    learner.call('POST', `/api/sessions/${sessionId}/messages`, body, headers);
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
});
