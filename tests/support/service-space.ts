import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChromaServer } from '../../backend/platform/chroma/chroma-server.ts';
import { copyEmptyCluster, copyMigratedCluster } from './embedded-cluster.ts';
import { openRedisSpace, silentLogger } from './redis-space.ts';
import { available, describeWith, redisUrl } from './services.ts';
import { type SmallWork, smallWorks, writeCorpus } from './small-corpus.ts';
import { type RunningService, startService } from './start-service.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { createDatabase, createMigratedDatabase } from './test-database.ts';

export type Mode = 'embedded' | 'services';

/** Data and servers of a service that nobody else uses, for one or more processes of it. */
export interface ServiceSpace {
  mode: Mode;
  dataDir: string;
  corpus: string;
  environment: Record<string, string>;
  start(
    more?: Record<string, string>,
    options?: Parameters<typeof startService>[1],
  ): Promise<RunningService>;
  /** Will be done before anything that was there before is stopped. */
  beforeDisposal(step: () => Promise<unknown>): void;
  /** A server of the space behind a stretch of network that can be cut: what to start with. */
  behindProxy(name: ServerName): Promise<{ proxy: TcpProxy; environment: Record<string, string> }>;
  /** Stops what was started here and removes every trace. */
  dispose(): Promise<void>;
}

type Undo = () => Promise<unknown>;

export type ServerName = 'DATABASE_URL' | 'REDIS_URL' | 'CHROMA_URL';

interface SpaceOptions {
  works?: readonly SmallWork[];
  /** As before the very first start: without the schema, which the others begin with. */
  pristine?: boolean;
}

export async function openSpace(
  mode: Mode,
  { works = smallWorks, pristine = false }: SpaceOptions = {},
): Promise<ServiceSpace> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'guoxue-test-'));
  const undo: Undo[] = [() => rm(dataDir, { recursive: true, force: true })];
  const corpus = path.join(dataDir, 'corpus');
  await writeCorpus(corpus, works);
  if (mode === 'embedded') {
    await (pristine ? copyEmptyCluster : copyMigratedCluster)(path.join(dataDir, 'database'));
  }
  const environment: Record<string, string> = {
    DATA_DIR: dataDir,
    CORPUS: corpus,
    ...(mode === 'services' ? await openServers(dataDir, pristine, undo) : {}),
  };
  return {
    ...{ mode, dataDir, corpus, environment },
    async start(more = {}, options = {}) {
      const service = await startService({ ...environment, ...more }, options);
      undo.push(() => service.stop());
      return service;
    },
    beforeDisposal: (step) => void undo.push(step),
    async behindProxy(name) {
      const url = new URL(environment[name] ?? '');
      const proxy = await openTcpProxy({ host: url.hostname, port: Number(url.port) });
      undo.push(() => proxy.close());
      url.host = `127.0.0.1:${proxy.port}`;
      return { proxy, environment: { [name]: url.href } };
    },
    async dispose() {
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
}

/** A database, a prefix in Redis and a Chroma, as a site has them. */
async function openServers(dataDir: string, pristine: boolean, undo: Undo[]) {
  const database = await (pristine ? createDatabase : createMigratedDatabase)();
  undo.push(database.drop);
  const redis = await openRedisSpace();
  undo.push(() => redis.dispose());
  const chroma = await startChromaServer({
    dataDir: path.join(dataDir, 'site-chroma'),
    logger: silentLogger,
  });
  undo.push(() => chroma.close());
  return {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redis.prefix.slice(1, -1),
    CHROMA_URL: `http://127.0.0.1:${chroma.address()?.port}`,
  };
}

/** The same stories in both modes; where a server is missing, a skipped test says so. */
export function describeInBothModes(name: string, stories: (mode: Mode) => void): void {
  describe(`${name} (embedded)`, () => stories('embedded'));
  describeWithServers(`${name} (services)`, () => stories('services'));
}

/** The one for what cannot differ between them: with servers, which start faster, where they are. */
const oneMode: Mode = available.postgres && available.redis ? 'services' : 'embedded';

export function describeInOneMode(name: string, stories: (mode: Mode) => void): void {
  describe(`${name} (${oneMode})`, () => stories(oneMode));
}

/** Among stories of both modes, those that are told in one. */
export function inOneMode(mode: Mode, stories: () => void): void {
  if (mode === oneMode) describe('whatever the mode', stories);
}

export function describeWithServers(name: string, stories: () => void): void {
  describeWith('postgres', name, () => {
    describeWith('redis', 'and Redis', stories);
  });
}
