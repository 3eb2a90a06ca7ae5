import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../backend/logger.ts';
import { apart, currentIds, note, within } from '../../backend/platform/scope.ts';

describe('the scope of some work', () => {
  it('goes with it wherever it goes on, and grows by what is found out', async () => {
    const seen = await within({ requestId: 'r1' }, async () => {
      await sleep(1);
      note({ userId: 'u1' });
      return within({ messageId: 'm1' }, async () => {
        await sleep(1);
        return currentIds();
      });
    });
    expect(seen).toEqual({ requestId: 'r1', userId: 'u1', messageId: 'm1' });
    expect(currentIds()).toEqual({});
  });

  it('keeps what goes on at the same time apart', async () => {
    const work = (requestId: string) =>
      within({ requestId }, async () => {
        await sleep(2);
        note({ userId: `of ${requestId}` });
        await sleep(1);
        return currentIds();
      });
    expect(await Promise.all([work('a'), work('b')])).toEqual([
      { requestId: 'a', userId: 'of a' },
      { requestId: 'b', userId: 'of b' },
    ]);
  });

  it('is left behind by what is only begun on the way', () => {
    within({ requestId: 'r1' }, () => {
      expect(apart({ jobId: 'j1' }, currentIds)).toEqual({ jobId: 'j1' });
      expect(currentIds()).toEqual({ requestId: 'r1' });
    });
  });

  it.each(['json', 'ecs'] as const)('is in each log line (%s)', (format) => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger(
      'info',
      { write: (line) => void lines.push(JSON.parse(line)) },
      { format },
    );
    within({ requestId: 'r1', trace_id: 't1', span_id: 's1', trace_flags: '01' }, () =>
      logger.info({ a: 1 }, 'hello'),
    );
    logger.info('outside');
    const trace = format === 'ecs' ? { 'trace.id': 't1', 'span.id': 's1' } : { trace_id: 't1' };
    expect(lines[0]).toMatchObject({ requestId: 'r1', a: 1, ...trace });
    expect(lines[1]).not.toHaveProperty('requestId');
  });
});
