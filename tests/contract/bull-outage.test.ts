import { createLogger } from '../../backend/logger.ts';
import { createBullJobQueue } from '../../backend/platform/queue/bull-job-queue.ts';
import { aWhile, eventually, gate } from '../support/eventually.ts';
import {
  type CuttableRedis,
  connectThroughProxy,
  silentLogger as logger,
  openRedisSpace,
  type RedisSpace,
} from '../support/redis-space.ts';
import { describeWithPlainRedis } from '../support/services.ts';

describeWithPlainRedis('Bull, when the connection to Redis is cut', () => {
  let space: RedisSpace;
  let far: CuttableRedis;
  beforeEach(async () => {
    space = await openRedisSpace();
    far = await connectThroughProxy(space);
  });
  afterEach(async () => {
    await far.proxy.close();
    await space.dispose();
  });

  it('goes on where it was, and finishes what was running', async () => {
    const { prefix } = space;
    const queue = createBullJobQueue({
      connections: far.connections,
      name: 'jobs',
      prefix,
      logger,
    });
    const near = createBullJobQueue({
      connections: space.connections,
      name: 'jobs',
      prefix,
      logger,
    });
    const { opened: mayEnd, open: letEnd } = gate();
    const seen: string[] = [];
    await queue.consume(
      async (id) => {
        seen.push(id);
        if (id === 'long') await mayEnd;
      },
      { concurrency: 1 },
    );
    await near.push('long');
    await eventually('it runs', () => seen.length === 1);
    await far.proxy.cut();
    letEnd();
    await near.push('next');
    await aWhile(100);
    await far.proxy.restore();
    await eventually('the next one is delivered', () => seen.length === 2, 8_000);
    expect(seen).toEqual(['long', 'next']);
    await eventually('none is left', async () => (await near.counts()).active === 0);
    await Promise.all([queue.close(), near.close()]);
  }, 15_000);

  it('can be closed', async () => {
    const { prefix } = space;
    const queue = createBullJobQueue({
      connections: far.connections,
      name: 'jobs',
      prefix,
      logger,
    });
    const { opened: mayEnd, open: letEnd } = gate();
    let started = false;
    await queue.consume(
      () => {
        started = true;
        return mayEnd;
      },
      { concurrency: 1 },
    );
    await queue.push('job');
    await eventually('it runs', () => started);
    await far.proxy.cut();
    const closing = queue.close();
    await aWhile(200);
    letEnd();
    await closing;
  }, 15_000);

  it('loses a delivery to another without calling it a fault', async () => {
    const lines: { level: number; msg: string }[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line));
    const { connections, prefix } = space;
    const heard = createLogger('info', { write });
    const queue = createBullJobQueue({ connections, name: 'jobs', prefix, logger: heard });
    const { opened: mayEnd, open: letEnd } = gate();
    let started = false;
    const run = () => {
      started = true;
      return mayEnd;
    };
    await queue.consume(run, { concurrency: 1 });
    await queue.push('job');
    await eventually('it runs', () => started);
    expect(await connections.commands.del(`${prefix}:jobs:1:lock`)).toBe(1);
    letEnd();
    await eventually('it is said', () => lines.length > 0);
    expect(lines).toEqual([expect.objectContaining({ level: 40, msg: 'delivery was taken over' })]);
    await queue.close();
  }, 15_000);
});
