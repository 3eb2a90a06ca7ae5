import { inTime } from '../../backend/platform/in-time.ts';

const never = new Promise<never>(() => undefined);

describe('what must not be waited for longer than a while', () => {
  test('gives what it has, or fails as it failed', async () => {
    expect(await inTime(60_000, Promise.resolve('done'), () => 'late')).toBe('done');
    await expect(inTime(60_000, Promise.reject(new Error('no')), () => 'late')).rejects.toThrow(
      'no',
    );
  });

  test('is given up when it is late, with an answer or an error', async () => {
    expect(await inTime(1, never, () => 'late')).toBe('late');
    const given = inTime(1, never, () => {
      throw new Error('too late');
    });
    await expect(given).rejects.toThrow('too late');
  });

  test('may fail afterwards, which is nobody’s business', async () => {
    let fail = (_: Error) => {};
    const work = new Promise<string>((_, reject) => {
      fail = reject;
    });
    expect(await inTime(1, work, () => 'late')).toBe('late');
    fail(new Error('nobody listens'));
    await new Promise(setImmediate);
  });
});
