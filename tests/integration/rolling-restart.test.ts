import { jest } from '@jest/globals';
import { faultsInBooks } from '../support/exact-books.ts';
import { restartUnderLoad } from '../support/rolling-restart.ts';
import { describeWithServers } from '../support/service-space.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(480_000);

describeWithServers('a site whose processes are restarted one after the other', () => {
  describeWith('nginx', 'behind a balancer', () => {
    test('fails nobody, and what was being heard is heard to its end, once', async () => {
      let books: string[] | undefined;
      const plan = { browsing: 3, listening: 4, conversing: 3, rounds: 1, pauseMs: 1_500 };
      const seen = await restartUnderLoad(plan, async ({ environment }, { consumed }) => {
        books = await faultsInBooks(environment.DATABASE_URL ?? '', consumed);
      });
      expect(seen.failures).toEqual([]);
      expect(seen.exitCodes).toEqual([0, 0, 0]);
      expect(books).toEqual([]);
      expect(seen.answers).toBeGreaterThan(7);
    });
  });
});
