import { createIdempotency, type IdempotencyStore } from '../../backend/http/idempotency.ts';

const SCOPE = { userId: 'u', route: 'post /x', key: 'k', body: {} };

/** A key that another call works under for a while. */
function keptAfter(asks: number): IdempotencyStore {
  const never = () => Promise.reject(new Error('not needed here'));
  let asked = 0;
  return {
    ...{ kept: never, keep: never, release: never, deleteBefore: never, deleteAllOf: never },
    async claim() {
      asked += 1;
      return asked > asks ? { reply: 'the first one' } : 'busy';
    },
  };
}

describe('a call under a key that is being worked under', () => {
  test('waits as long as the work may take, and no longer', async () => {
    const work = () => Promise.reject(new Error('must not be done again'));
    const patient = createIdempotency(keptAfter(3));
    expect(await patient.once(SCOPE, work, 1_000)).toBe('the first one');
    const hasty = createIdempotency(keptAfter(3)).once(SCOPE, work, 200);
    await expect(hasty).rejects.toMatchObject({ status: 409, slug: 'conflict' });
  });
});
