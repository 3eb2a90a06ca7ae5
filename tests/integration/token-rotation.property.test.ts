import { jest } from '@jest/globals';
import fc from 'fast-check';
import * as contract from '../support/contract-schemas.ts';
import { register, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(120_000);

/** Presents one of the tokens known so far (0: the newest), so many times at once. */
const step = fc.record({
  age: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
  atOnce: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 4 })),
});

describeInBothModes('the rotation of refresh tokens', (mode) => {
  let space: ServiceSpace;
  let services: RunningService[];
  beforeAll(async () => {
    space = await openSpace(mode);
    services = [await space.start()];
    if (mode === 'services') services.push(await space.start());
  });
  afterAll(() => space.dispose());

  /** Calls go round the processes. */
  let calls = 0;
  const url = () => services[calls++ % services.length]?.url ?? '';

  test('whatever is presented, in whatever order and company, one login has one good token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const { login } = await register(url());
        const tokens = [login.refreshToken];
        let accessToken = login.accessToken;
        let alive = true;
        for (const { age, atOnce } of steps) {
          const index = Math.max(0, tokens.length - 1 - age);
          const refreshToken = tokens[index];
          const replies = await Promise.all(
            Array.from({ length: atOnce }, () =>
              visit(url()).post('/api/auth/refresh', { refreshToken }),
            ),
          );
          const won = replies.filter(({ status }) => status === 200);
          const isNewest = index === tokens.length - 1;
          expect(won).toHaveLength(alive && isNewest ? Math.min(1, won.length) : 0);
          if (alive && isNewest && atOnce === 1) expect(won).toHaveLength(1);
          for (const reply of won) {
            const next = reply.data(contract.login);
            tokens.push(next.refreshToken);
            accessToken = next.accessToken;
          }
          // A token that was presented twice is a copied one: the login is over, for everybody.
          if (!isNewest || atOnce > 1) alive = false;
          const profile = await visit(url(), accessToken).get('/api/user/profile');
          expect(profile.status).toBe(alive ? 200 : 401);
        }
        expect(new Set(tokens).size).toBe(tokens.length);
      }),
      { numRuns: 12 },
    );
  });
});
