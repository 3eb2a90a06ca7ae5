import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { VectorsUnavailableError } from '../../ai/rag/chroma-collection.ts';
import {
  createPassageVectors,
  type PassageVectors,
  type PassageVectorsOptions,
} from '../../ai/rag/passage-vectors.ts';
import { createLogger } from '../../backend/logger.ts';
import {
  type ChromaServer,
  startChromaServer,
} from '../../backend/platform/chroma/chroma-server.ts';
import { eventually } from '../support/eventually.ts';
import { closedPort, openTcpProxy } from '../support/tcp-proxy.ts';

jest.setTimeout(60_000);

let folder: string;
let server: ChromaServer;
let collections = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passage-vectors-'));
  server = await startChromaServer({
    dataDir: join(folder, 'chroma'),
    logger: createLogger('silent'),
    firstBackoffMs: 20,
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options: Partial<PassageVectorsOptions> = {}): PassageVectors {
  collections += 1;
  return createPassageVectors({
    address: () => server.address(),
    model: `test-${collections}`,
    dimension: 3,
    retryAfterMs: 0,
    ...options,
  });
}

const east = { id: 'east', vector: [1, 0, 0], workId: 'lunyu' };
const northEast = { id: 'north-east', vector: [2, 2, 0], workId: 'lunyu' };
const north = { id: 'north', vector: [0, 1, 0], workId: 'mengzi' };
const west = { id: 'west', vector: [-1, 0, 0], workId: 'mengzi' };

async function timed(work: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startedAt };
}

describe('what is stored', () => {
  test('is found by the cosine of the angle, nearest first', async () => {
    const vectors = open();
    await vectors.upsert([west, north, northEast, east]);
    const hits = await vectors.query([5, 0, 0], 10);
    expect(hits.map(({ id }) => id)).toEqual(['east', 'north-east', 'north', 'west']);
    const similarities = hits.map(({ similarity }) => similarity);
    for (const [index, cosine] of [1, Math.SQRT1_2, 0, -1].entries()) {
      expect(similarities[index]).toBeCloseTo(cosine, 4);
    }
    expect(await vectors.query([5, 0, 0], 1)).toHaveLength(1);
  });

  test('is replaced under the same id, within one call too', async () => {
    const vectors = open();
    await vectors.upsert([east, north]);
    await vectors.upsert([
      { ...east, vector: [0, 0, 1] },
      { ...east, vector: [0, 1, 1] },
    ]);
    expect(await vectors.count()).toBe(2);
    const [best] = await vectors.query([0, 1, 1], 1);
    expect(best?.id).toBe('east');
    expect(best?.similarity).toBeCloseTo(1, 4);
  });

  test('goes away by id or by work, and what is not there does not matter', async () => {
    const vectors = open();
    await vectors.delete(['east']);
    await vectors.upsert([east, northEast, north, west]);
    await vectors.delete(['north', 'nobody']);
    await vectors.delete([]);
    expect(await vectors.ids()).toEqual(new Set(['east', 'north-east', 'west']));
    await vectors.deleteWork('lunyu');
    await vectors.deleteWork('nothing');
    expect(await vectors.ids()).toEqual(new Set(['west']));
    expect((await vectors.query([1, 0, 0], 5)).map(({ id }) => id)).toEqual(['west']);
  });

  test('may be more than Chroma takes or gives at once', async () => {
    const vectors = open();
    const many = Array.from({ length: 6_001 }, (_, index) => ({
      id: `passage-${index}`,
      vector: [Math.cos(index), Math.sin(index), 0.5],
      workId: index % 2 ? 'odd' : 'even',
    }));
    await vectors.upsert(many);
    expect(await vectors.ids()).toEqual(new Set(many.map(({ id }) => id)));
    expect(await vectors.query([1, 0, 0], 300)).toHaveLength(300);
    await vectors.deleteWork('odd');
    expect(await vectors.count()).toBe(3_001);
    await vectors.delete(many.map(({ id }) => id));
    expect(await vectors.count()).toBe(0);
  });

  test('may have the vector of an empty text, which is similar to nothing', async () => {
    const vectors = open();
    await vectors.upsert([east, { id: 'empty', vector: [0, 0, 0], workId: 'lunyu' }]);
    const hits = await vectors.query([1, 0, 0], 2);
    expect(hits.map(({ id, similarity }) => [id, Math.round(similarity)])).toEqual([
      ['east', 1],
      ['empty', 0],
    ]);
    expect((await vectors.query([0, 0, 0], 2)).map(({ similarity }) => similarity)).toEqual([0, 0]);
  });
});

describe('an empty collection', () => {
  test('answers with nothing', async () => {
    const vectors = open();
    expect(await vectors.query([1, 0, 0], 5)).toEqual([]);
    expect(await vectors.count()).toBe(0);
    expect(await vectors.ids()).toEqual(new Set());
    await vectors.upsert([]);
  });

  test('is named after model and dimension, in the letters that Chroma allows', () => {
    expect(open({ model: 'any-v1', dimension: 384 }).collection).toBe('guoxue-any-v1-384');
    const [one, other] = ['向量模型/大', '向量模型/小'].map((model) => open({ model }).collection);
    expect(one).toMatch(/^guoxue-[a-zA-Z0-9._-]+-3$/);
    expect(other).not.toBe(one);
  });

  test('takes the place of one that was lost behind our back', async () => {
    const vectors = open();
    await vectors.upsert([east]);
    const { host, port } = server.address() ?? {};
    const databases = `http://${host}:${port}/api/v2/tenants/default_tenant/databases`;
    const url = `${databases}/default_database/collections/${vectors.collection}`;
    expect((await fetch(url, { method: 'DELETE' })).ok).toBe(true);
    expect(await vectors.query([1, 0, 0], 5)).toEqual([]);
    await vectors.upsert([north]);
    expect(await vectors.ids()).toEqual(new Set(['north']));
  });
});

describe('a database that does not answer', () => {
  test('that is not running fails at once, and is used again as soon as it runs', async () => {
    let address = server.address();
    const vectors = open({ address: () => address, retryAfterMs: 60_000 });
    await vectors.upsert([east]);
    const there = address;
    address = undefined;
    await expect(vectors.query([1, 0, 0], 1)).rejects.toBeInstanceOf(VectorsUnavailableError);
    address = there;
    expect(await vectors.query([1, 0, 0], 1)).toHaveLength(1);
  });

  test('is given up after the deadline, and then left alone for a while', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await eventually('it listens', () => silent.listening);
    const bound = silent.address();
    const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
    let address = { host: '127.0.0.1', port, ssl: false };
    const vectors = open({ address: () => address, queryTimeoutMs: 200, retryAfterMs: 60_000 });
    const first = await timed(() => vectors.query([1, 0, 0], 1));
    expect(first.error).toBeInstanceOf(VectorsUnavailableError);
    expect(first.ms).toBeGreaterThanOrEqual(190);
    const second = await timed(() => vectors.query([1, 0, 0], 1));
    expect(second.error).toBeInstanceOf(VectorsUnavailableError);
    expect(second.ms).toBeLessThan(50);
    const elsewhere = server.address();
    if (elsewhere) address = elsewhere;
    expect(await vectors.query([1, 0, 0], 1)).toEqual([]);
    silent.closeAllConnections();
    silent.close();
  });

  test('refuses connections: every call says so', async () => {
    const address = { host: '127.0.0.1', port: await closedPort(), ssl: false };
    const vectors = open({ address: () => address });
    for (const call of [
      () => vectors.query([1, 0, 0], 1),
      () => vectors.upsert([east]),
      () => vectors.delete(['east']),
      () => vectors.deleteWork('lunyu'),
      () => vectors.count(),
      () => vectors.ids(),
    ]) {
      await expect(call()).rejects.toBeInstanceOf(VectorsUnavailableError);
    }
  });

  test('is back after the cut at the same address, once the pause is over', async () => {
    const proxy = await openTcpProxy(server.address() ?? { host: '', port: 0 });
    const address = { host: '127.0.0.1', port: proxy.port, ssl: false };
    const vectors = open({ address: () => address, retryAfterMs: 100 });
    await vectors.upsert([east]);
    await proxy.cut();
    await expect(vectors.query([1, 0, 0], 1)).rejects.toBeInstanceOf(VectorsUnavailableError);
    await proxy.restore();
    await expect(vectors.query([1, 0, 0], 1)).rejects.toThrow('left alone');
    await eventually('it is asked again', async () => {
      const hits = await vectors.query([1, 0, 0], 1).catch(() => []);
      return hits.length === 1;
    });
    await proxy.close();
  });

  test('but a request that makes no sense is not held against it', async () => {
    const vectors = open({ retryAfterMs: 60_000 });
    await vectors.upsert([east]);
    await expect(vectors.query([1, 0], 1)).rejects.toBeInstanceOf(VectorsUnavailableError);
    await expect(vectors.query([Number.NaN, 0, 0], 1)).rejects.toThrow('Chroma failed');
    expect(await vectors.query([1, 0, 0], 1)).toHaveLength(1);
  });
});
