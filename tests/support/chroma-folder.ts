import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPassageVectors, type PassageVectors } from '../../ai/rag/passage-vectors.ts';
import { createLogger } from '../../backend/logger.ts';
import {
  type ChromaServer,
  type ChromaServerOptions,
  startChromaServer,
} from '../../backend/platform/chroma/chroma-server.ts';

export interface ChromaLogLine {
  level: number;
  msg: string;
  movedTo?: string;
  chroma?: string;
}

/** A temporary folder in which real Chroma servers come and go. */
export interface ChromaFolder {
  folder: string;
  dataDir: string;
  log: ChromaLogLine[];
  start(options?: Partial<ChromaServerOptions>): Promise<ChromaServer>;
  /** Closes whatever still runs. */
  remove(): Promise<void>;
}

export async function openChromaFolder(): Promise<ChromaFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'chroma-server-'));
  const dataDir = join(folder, 'chroma');
  const log: ChromaLogLine[] = [];
  const servers: ChromaServer[] = [];
  return {
    folder,
    dataDir,
    log,
    async start(options = {}) {
      const logger = createLogger('debug', { write: (line) => void log.push(JSON.parse(line)) });
      const server = await startChromaServer({
        dataDir,
        logger,
        firstBackoffMs: 20,
        checkDeadlineMs: 3_000,
        ...options,
      });
      servers.push(server);
      return server;
    },
    async remove() {
      await Promise.all(servers.map((server) => server.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const someVectors = Array.from({ length: 1_500 }, (_, index) => ({
  id: `passage-${index}`,
  vector: Array.from({ length: 8 }, (_component, axis) =>
    Math.sin((index + 1) * (axis + 1.3) ** 2),
  ),
  workId: 'lunyu',
}));

export function vectorsOf(server: ChromaServer): PassageVectors {
  return createPassageVectors({
    address: () => server.address(),
    model: 'test',
    dimension: 8,
    retryAfterMs: 0,
  });
}

export async function nearestTo(server: ChromaServer, index: number): Promise<string | undefined> {
  const [best] = await vectorsOf(server).query(someVectors[index]?.vector ?? [], 1);
  return best?.id;
}
