import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { dataOf } from '../support/event-stream.ts';
import { register, someEmail, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const media = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const operation = z.object({
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() }))
    .optional(),
  requestBody: z.object({ content: media }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: media })),
});
const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  components: z.object({ securitySchemes: z.object({ bearer: z.object({ scheme: z.string() }) }) }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});
type Operation = z.infer<typeof operation>;

/** What the contract promises and the program does; a line more with each further room. */
const PROMISED = `
  post /api/auth/register | post /api/auth/guest | post /api/auth/email-login
  get /api/auth/verify | post /api/auth/refresh | post /api/auth/logout
  get /api/user/profile | put /api/user/profile | get /api/user/balance
  post /api/sessions | get /api/sessions
  get /api/sessions/{id} | patch /api/sessions/{id} | delete /api/sessions/{id}
  get /api/sessions/{id}/messages | post /api/sessions/{id}/messages
  post /api/sessions/{id}/messages/{mid}/stop | get /api/messages/{mid}/events
  get /api/sessions/{id}/export | get /api/favorites
  put /api/messages/{mid}/favorite | delete /api/messages/{mid}/favorite
  put /api/messages/{mid}/feedback | delete /api/messages/{mid}/feedback
  get /api/admin/feedback | put /api/admin/feedback/{mid}
  get /api/billing/transactions | get /api/billing/transactions/export
  get /api/billing/packages | get /api/billing/prices | post /api/billing/consume
  post /api/billing/recharge | get /api/billing/orders | get /api/billing/orders/{id}
  post /api/billing/wechat/notify
  get /api/billing/wechat/virtual-notify | post /api/billing/wechat/virtual-notify
  get /api/admin/orders | post /api/admin/orders/{id}/refund | get /api/admin/payment-notices
  get /api/admin/prices | post /api/admin/prices
  get /api/admin/packages | post /api/admin/packages | patch /api/admin/packages/{id}
  post /api/admin/redeem-codes | get /api/admin/redeem-batches
  post /api/admin/redeem-batches/{id}/revoke | post /api/admin/users/{id}/credit
  get /api/admin/stats | get /api/admin/usage | get /api/admin/reconciliations
  post /api/admin/reconciliations/{id}/acknowledge
  get /api/auth/methods | get /api/auth/wechat/authorize | post /api/auth/wechat-login
  post /api/user/wechat | delete /api/user/wechat
  post /api/auth/verify-email | post /api/auth/forgot-password | post /api/auth/reset-password
  post /api/user/verification-mail | put /api/user/password | put /api/user/email
  get /api/user/export | delete /api/user
  put /api/user/avatar | delete /api/user/avatar | get /api/avatars/{id}
  get /api/admin/users | patch /api/admin/users/{id} | get /api/admin/audit-log
  post /api/admin/documents | get /api/admin/documents | get /api/admin/documents/{id}
  patch /api/admin/documents/{id} | delete /api/admin/documents/{id}
  post /api/admin/documents/{id}/publish | post /api/admin/documents/{id}/reindex
  get /api/admin/documents/{id}/chapters | post /api/admin/library/check
  get /api/library/works | get /api/library/works/{id} | get /api/library/works/{id}/chapters/{cid}
  get /api/library/passages/{id} | get /api/library/search | post /api/library/quotes/verify
`
  .split(/\||\n/)
  .map((line) => line.trim())
  .filter((line) => line !== '');

const OPEN =
  /^\/api\/(auth\/(guest|refresh|logout|methods|wechat\/authorize|verify-email|(forgot|reset)-password)|library\/(?!passages\/\{id\}\/reports)|avatars\/|billing\/((packages|prices)$|wechat\/))/;
const OPTIONAL = /^\/api\/auth\/(register|email-login|wechat-login)$/;

describeInOneMode('the OpenAPI document', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let document: z.infer<typeof documentSchema>;
  let operations: [string, string, Operation][];
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
    const response = await fetch(`${service.url}/api/openapi.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    document = documentSchema.parse(await response.json());
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, each]): [string, string, Operation] => [
        method,
        path,
        each,
      ]),
    );
  });
  afterAll(() => space.dispose());

  test('names everything that is promised', () => {
    const named = operations.map(([method, path]) => `${method} ${path}`);
    expect(named).toEqual(expect.arrayContaining(PROMISED));
    for (const name of named) expect(name).toMatch(/^(get|post|put|patch|delete) \/api\//);
  });

  test('says who may call, what a path holds, and how a failure looks', () => {
    for (const [
      method,
      path,
      { security, parameters = [], requestBody, responses },
    ] of operations) {
      const bearer = { bearer: [] };
      const expected = OPEN.test(path) ? undefined : OPTIONAL.test(path) ? [{}, bearer] : [bearer];
      expect({ method, path, security }).toEqual({ method, path, security: expected });
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const inTemplate = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name)).toEqual(inTemplate);
      expect(inPath.every(({ required }) => required)).toBe(true);
      if (method === 'get' || (method === 'delete' && path !== '/api/user')) {
        expect(requestBody).toBeUndefined();
      }
      expect(Object.keys(responses)).toEqual([expect.stringMatching(/^20[0-2]$/), 'default']);
      const { properties, required } = responses.default?.content['application/json']?.schema ?? {};
      expect(Object.keys(Object(properties))).toEqual(
        expect.arrayContaining(['code', 'message', 'error', 'requestId', 'details']),
      );
      expect(required).toEqual(['code', 'message', 'error', 'requestId']);
    }
  });

  test('names nothing that is not there', async () => {
    const visitor = visit(service.url);
    for (const [method, template] of operations) {
      const path = template.replaceAll(/\{\w+\}/g, randomUUID());
      const reply = await visitor.call(method.toUpperCase(), path);
      expect({ method, path, text: reply.text }).not.toMatchObject({
        text: expect.stringContaining('没有这个地址'),
      });
    }
  });

  test('offers a key to every call that creates or spends, and a stream where there is one', () => {
    const find = (wanted: string) =>
      operations.find(([method, path]) => `${method} ${path}` === wanted)?.[2];
    for (const wanted of [
      'post /api/sessions',
      'post /api/sessions/{id}/messages',
      'post /api/billing/consume',
    ]) {
      const header = find(wanted)?.parameters?.find(({ name }) => /^idempotency-key$/i.test(name));
      expect({ wanted, header }).toMatchObject({ header: { in: 'header' } });
    }
    for (const wanted of ['post /api/sessions/{id}/messages', 'get /api/messages/{mid}/events']) {
      expect(Object.keys(find(wanted)?.responses['200']?.content ?? {})).toContain(
        'text/event-stream',
      );
    }
  });

  test('describes the replies as they are', async () => {
    const learner = await register(service.url);
    const described = async (method: string, template: string, path: string, body?: object) => {
      const reply = await learner.call(method, path, body);
      const { responses } = document.paths[template]?.[method.toLowerCase()] ?? {};
      const response = responses?.[String(reply.status)] ?? responses?.default;
      const schema = z.fromJSONSchema(response?.content['application/json']?.schema ?? {});
      const value: { data: Record<string, unknown> } = JSON.parse(reply.text);
      expect({ method, path, fault: schema.safeParse(value).error?.message }).toEqual({
        method,
        path,
      });
      return value.data;
    };
    const same = (method: string, path: string, body?: object) =>
      described(method, path, path, body);
    await same('POST', '/api/auth/guest', {});
    await same('POST', '/api/auth/register', { email: someEmail(), password: 'long enough' });
    await same('POST', '/api/auth/register', { email: 'none', password: '' });
    await same('GET', '/api/auth/verify');
    await same('GET', '/api/auth/methods');
    await same('GET', '/api/auth/wechat/authorize');
    await same('DELETE', '/api/user/wechat');
    await same('GET', '/api/user/profile');
    await same('GET', '/api/user/balance');
    await same('GET', '/api/billing/transactions');
    await same('GET', '/api/billing/packages');
    await same('GET', '/api/billing/prices');
    const { id } = await same('POST', '/api/sessions', {});
    await same('GET', '/api/sessions');
    await described('PATCH', '/api/sessions/{id}', `/api/sessions/${id}`, { archived: true });
    await described('GET', '/api/sessions/{id}', `/api/sessions/${randomUUID()}`);
    const question = { content: '「学而不思则罔」是什么意思？' };
    const messages = `/api/sessions/${id}/messages`;
    await described('POST', '/api/sessions/{id}/messages', messages, question);
    await described('GET', '/api/sessions/{id}/messages', messages);
    await same('GET', '/api/favorites');
    await described('GET', '/api/library/search', '/api/library/search?q=学');
    await same('POST', '/api/library/quotes/verify', { quotes: ['学而时习之', '子虚乌有'] });
    const works = await same('GET', '/api/library/works');
    const [work] = z.array(z.object({ id: z.string() })).parse(works.items);
    await described('GET', '/api/library/works/{id}', `/api/library/works/${work?.id}`);
    await described('DELETE', '/api/sessions/{id}', `/api/sessions/${id}`);
  });

  test('the events of an answer carry what the contract says', async () => {
    const learner = await register(service.url);
    const { id } = await learner.openSession();
    const heard = await (await learner.ask(id, '「温故而知新」怎么讲？')).ended;
    for (const { name } of heard) expect(() => dataOf(heard, name)).not.toThrow();
  });
});
