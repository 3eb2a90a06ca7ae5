import { isLostConnection } from '../../backend/platform/database/lost-connection.ts';

describe('a lost connection to the database', () => {
  it.each([
    ['a code of the server', Object.assign(new Error('shutting down'), { code: '57P01' })],
    ['a code of the socket', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['words of the driver', new Error('Connection terminated unexpectedly')],
    ['the same behind a statement', new Error('BEGIN; - Connection terminated unexpectedly')],
    ['a pool that waits in vain', Object.assign(new Error('x'), { name: 'KnexTimeoutError' })],
  ])('is known by %s', (_, error) => {
    expect(isLostConnection(error)).toBe(true);
  });

  it.each([
    ['a broken rule', Object.assign(new Error('duplicate key'), { code: '23505' })],
    ['words about one', new Error('the learner wrote: Connection terminated')],
    ['nothing', undefined],
  ])('is not mistaken for %s', (_, error) => {
    expect(isLostConnection(error)).toBe(false);
  });
});
