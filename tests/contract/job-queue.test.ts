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
    const queue = createBullJobQueue({ connections, prefix, logger });
    const other = createBullJobQueue({ connections: await space.connect(), prefix, logger });
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
    const queue = createBullJobQueue({ connections, prefix, logger });
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

  it('leaves nothing behind of deliveries that are over', async () => {
    const space = await openRedisSpace();
    const { connections, prefix } = space;
    const queue = createBullJobQueue({ connections, prefix, logger });
    let seen = 0;
    await queue.consume(
      async () => {
        seen += 1;
        if (seen % 2) throw new Error('every other one fails');
      },
      { concurrency: 2 },
    );
    for (let index = 0; index < 10; index += 1) await queue.push(`job-${index}`);
    await eventually('all are delivered', () => seen === 10);
    await queue.close();
    const [, keys] = await connections.commands.scan(0, 'MATCH', `${prefix}:*`, 'COUNT', 100_000);
    const bookkeeping = [`${prefix}:jobs:id`, `${prefix}:jobs:stalled-check`];
    expect(keys.filter((key) => !bookkeeping.includes(key))).toEqual([]);
    await space.dispose();
  });
});
