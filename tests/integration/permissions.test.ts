import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asGuest, type Client, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const LEVELS = ['open', 'optional', 'user', 'account', 'admin'] as const;
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ 'x-access': z.enum(LEVELS) }))),
});

interface Call {
  name: string;
  method: string;
  path: string;
  level: (typeof LEVELS)[number];
}

describeInOneMode('every route', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let calls: Call[];
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
    const response = await fetch(`${service.url}/api/openapi.json`);
    const { paths } = documentSchema.parse(await response.json());
    calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method} ${path}`,
        method: method.toUpperCase(),
        path: path.replace('{ordinal}', '1').replaceAll(/\{\w+\}/g, () => randomUUID()),
        level: operation['x-access'],
      })),
    );
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  /** What a caller is told by each route that does not admit him. */
  const refusals = async (client: Client, levels: readonly string[]) => {
    const refused: Record<string, string> = {};
    for (const { name, method, path, level } of calls) {
      if (!levels.includes(level)) continue;
      const reply = await client.call(method, path, method === 'GET' ? undefined : {});
      const { status, error } = reply.failure();
      refused[name] = `${status} ${error}`;
    }
    return [...new Set(Object.entries(refused).map(([, answer]) => answer))];
  };

  test('has a level, and there are some of each', () => {
    for (const level of LEVELS)
      expect(calls.filter((call) => call.level === level)).not.toEqual([]);
  });

  test('that needs somebody refuses nobody', async () => {
    const nobody = visit(service.url);
    expect(await refusals(nobody, ['user', 'account', 'admin'])).toEqual(['401 unauthenticated']);
  });

  test('that needs an account refuses guests, and one for admins refuses both', async () => {
    const guest = await asGuest(service.url);
    expect(await refusals(guest, ['account', 'admin'])).toEqual(['403 forbidden']);
    const learner = await register(service.url);
    expect(await refusals(learner, ['admin'])).toEqual(['403 forbidden']);
  });

  test('takes the role from the database, at once', async () => {
    const learner = await register(service.url);
    const reads = calls.filter(({ level, method }) => level === 'admin' && method === 'GET');
    const statuses = async () =>
      Promise.all(reads.map(async ({ path }) => (await learner.get(path)).status));
    expect(new Set(await statuses())).toEqual(new Set([403]));
    const { knex } = service.platform.database;
    await knex('users').where({ id: learner.login.user.id }).update({ role: 'admin' });
    for (const status of await statuses()) expect([200, 404]).toContain(status);
    await knex('users').where({ id: learner.login.user.id }).update({ role: 'learner' });
    expect(new Set(await statuses())).toEqual(new Set([403]));
  });
});
