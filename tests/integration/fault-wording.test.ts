import { jest } from '@jest/globals';
import { z } from 'zod';
import { logIn, WITH_ADMIN } from '../support/administrator.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(120_000);

const named = z.object({ properties: z.record(z.string(), z.unknown()).optional() });
const operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  requestBody: z
    .object({ content: z.object({ 'application/json': z.object({ schema: named }).optional() }) })
    .optional(),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

/** What a slip of the hand or of a program leaves in a field. */
const UNSOUND = [null, '', '-1', 'x'.repeat(5000), -1, 1.5, 2 ** 60, true, [], ['a', 'b'], {}];
/** What only a program would say: to a person it is noise. */
const MACHINE = /无效输入|无效选项|期望|数值过|实际接收|invalid|expected|undefined|NaN|\/\^/i;

describeInOneMode('what is wrong with an input', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let admin: Learner;
  let calls: { method: string; path: string; query: string[]; fields: string[] }[];
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({ ...WITH_ADMIN, RATE_LIMIT_DISABLED: '1' });
    admin = await logIn(service.url, WITH_ADMIN.ADMIN_EMAIL);
    const response = await fetch(`${service.url}/api/openapi.json`);
    const { paths } = documentSchema.parse(await response.json());
    calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
        ...{ method: method.toUpperCase(), path },
        query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
        fields: Object.keys(requestBody?.content['application/json']?.schema.properties ?? {}),
      })),
    );
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const faultsOf = async (method: string, path: string, body?: unknown) => {
    const reply = await admin.call(method, path, body);
    if (reply.status !== 400) return [];
    return (reply.failure().details ?? []).map((detail) => ({
      call: `${method} ${path}`,
      ...detail,
    }));
  };

  test('is said of every field of every call as one would say it to a person', async () => {
    const faults = [];
    for (const { method, path, query, fields } of calls) {
      if (method === 'DELETE') continue;
      const address = path.replaceAll(/\{\w+\}/g, 'x');
      for (const name of query) faults.push(...(await faultsOf(method, `${address}?${name}=%00`)));
      if (fields.length === 0) continue;
      faults.push(...(await faultsOf(method, address, {})));
      for (const value of UNSOUND) {
        const body = Object.fromEntries(fields.map((name) => [name, value]));
        faults.push(...(await faultsOf(method, address, body)));
      }
    }
    expect(faults.length).toBeGreaterThan(500);
    const unfit = faults.filter(({ message }) => MACHINE.test(message) || !/[一-龥]/.test(message));
    expect(unfit).toEqual([]);
  });
});
