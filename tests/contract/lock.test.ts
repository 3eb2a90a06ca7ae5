import { createMemoryLock } from '../../backend/platform/lock/memory-lock.ts';
import { createRedisLock } from '../../backend/platform/lock/redis-lock.ts';
import { eventually, gate } from '../support/eventually.ts';
import { silentLogger as logger, openRedisSpace } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeLockContract } from './lock-contract.ts';

describeLockContract('memory', async () => {
  const lock = createMemoryLock();
  return { lock, other: lock, dispose: () => lock.close() };
});

describeWith('redis', 'on Redis', () => {
  describeLockContract('Redis', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    return {
      lock: createRedisLock({ client: space.connections.commands, prefix, logger }),
      other: createRedisLock({ client: (await space.connect()).commands, prefix, logger }),
      dispose: space.dispose,
    };
  });

  it('tells the work when somebody has taken the lock away, and leaves theirs alone', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const lock = createRedisLock({ client, prefix, logger });
    const key = `${prefix}:lock:a`;
    await lock.tryWithLock('a', 300, async (lost) => {
      await client.set(key, 'somebody else');
      await eventually('the work is told', () => lost.aborted);
    });
    expect(await client.get(key)).toBe('somebody else');
    await space.dispose();
  });

  it('falls free when its holder has died', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const dying = await space.connect();
    const dead = createRedisLock({ client: dying.commands, prefix, logger });
    const lock = createRedisLock({ client: space.connections.commands, prefix, logger });
    const { opened: end, open: letEnd } = gate();
    const work = dead.tryWithLock('a', 400, async () => {
      dying.commands.disconnect();
      await end;
    });
    await eventually('the lock is free', async () =>
      Boolean(await lock.tryWithLock('a', 400, async () => true)),
    );
    letEnd();
    await work;
    await space.dispose();
  });
});
