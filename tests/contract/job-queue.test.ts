import { createBullJobQueue } from '../../backend/platform/queue/bull-job-queue.ts';
import { createEmbeddedJobQueue } from '../../backend/platform/queue/embedded-job-queue.ts';
import { aWhile, eventually } from '../support/eventually.ts';
import { silentLogger as logger, openRedisSpace } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeJobQueueContract } from './job-queue-contract.ts';

describeJobQueueContract('embedded', async () => {
  const queue = createEmbeddedJobQueue({ logger });
  return { queue, other: queue, dispose: () => queue.close() };
});

describeWith('redis', 'on Redis', () => {
  describeJobQueueContract('Bull', async () => {
    const space = await openRedisSpace();
    const { connections, prefix } = space;
    const queue = createBullJobQueue({ connections, name: 'jobs', prefix, logger });
    const other = createBullJobQueue({
      connections: await space.connect(),
      name: 'jobs',
      prefix,
      logger,
    });
    return {
      queue,
      other,
      async dispose() {
        await Promise.all([queue.close(), other.close()]);
        await space.dispose();
      },
    };
  });

  it('delivers at once also after nothing was to do for a while', async () => {
    const space = await openRedisSpace();
    const { connections, prefix } = space;
    const queue = createBullJobQueue({ connections, name: 'jobs', prefix, logger });
    const seen: string[] = [];
    await queue.consume(async (id) => void seen.push(id), { concurrency: 3 });
    // Longer than Bull waits for a delivery in one go, and than the client waits for Bull.
    await aWhile(8_000);
    const ids = ['one', 'two', 'three', 'four'];
    for (const id of ids) await queue.push(id);
    await eventually('all are delivered', () => seen.length === ids.length);
    await queue.close();
    await space.dispose();
  }, 30_000);

  it('keeps deliveries that are over for whoever looks, and nothing that hinders the next', async () => {
    const space = await openRedisSpace();
    const { connections, prefix } = space;
    const queue = createBullJobQueue({ connections, name: 'jobs', prefix, logger });
    let seen = 0;
    await queue.consume(
      async () => {
        seen += 1;
        if (seen % 2) throw new Error('every other one fails');
      },
      { concurrency: 2 },
    );
    for (let index = 0; index < 10; index += 1) await queue.push(`job-${index}`, { kind: 'play' });
    const counts = () => queue.bull.getJobCounts();
    await eventually('all are over', async () => {
      const { completed, failed } = await counts();
      return completed + failed === 10;
    });
    expect(await counts()).toMatchObject({ completed: 5, failed: 5, active: 0 });
    const [failed] = await queue.bull.getFailed(0, 0);
    expect(failed).toMatchObject({ data: { kind: 'play' }, failedReason: 'every other one fails' });
    const bounded = { age: expect.any(Number), count: expect.any(Number) };
    expect(failed?.opts).toMatchObject({ removeOnComplete: bounded, removeOnFail: bounded });
    const [, keys] = await connections.commands.scan(0, 'MATCH', `${prefix}:*`, 'COUNT', 100_000);
    const bookkeeping = ['id', 'stalled-check', 'completed', 'failed'];
    const known = bookkeeping.map((name) => `${prefix}:jobs:${name}`);
    const delivery = new RegExp(`^${prefix}:jobs:\\d+$`);
    expect(keys.filter((key) => !known.includes(key) && !delivery.test(key))).toEqual([]);
    await queue.close();
    await space.dispose();
  });
});
