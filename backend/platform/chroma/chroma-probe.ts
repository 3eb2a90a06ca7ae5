import { setTimeout as sleep } from 'node:timers/promises';

const DATABASE = '/api/v2/tenants/default_tenant/databases/default_database';
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 100;
const HEARTBEAT_MS = 1_000;

/** Chroma is up and cannot serve what it holds. */
export class DamagedCollectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DamagedCollectionError';
  }
}

interface StoredCollection {
  id: string;
  name: string;
  dimension: number | null;
}

/** Resolves once a Chroma answers at `url`; rejects when the signal is aborted before. */
export async function waitForHeartbeat(url: string, signal: AbortSignal): Promise<void> {
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.1, LAST_POLL_MS)) {
    signal.throwIfAborted();
    if (await hasHeartbeat(url)) return;
    await sleep(pause, undefined, { signal });
  }
}

async function hasHeartbeat(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v2/heartbeat`, {
      signal: AbortSignal.timeout(HEARTBEAT_MS),
    });
    return response.ok && 'nanosecond heartbeat' in Object(await response.json());
  } catch {
    return false;
  }
}

/**
 * Asks every collection for one neighbour. Chroma reads an index at its first query and not before:
 * a damaged one answers with an error, with nothing, or takes the server down, better now than at
 * the first question of a learner. It also leaves the indexes warm.
 */
export async function checkCollections(url: string, signal: AbortSignal): Promise<void> {
  const collections = await askJson<StoredCollection[]>(`${url}${DATABASE}/collections`, signal);
  for (const { id, name, dimension } of collections) {
    if (!dimension) continue;
    const base = `${url}${DATABASE}/collections/${id}`;
    if ((await askJson<number>(`${base}/count`, signal)) === 0) continue;
    const query = { query_embeddings: [Array(dimension).fill(0.1)], n_results: 1, include: [] };
    const { ids } = await askJson<{ ids: string[][] }>(`${base}/query`, signal, query);
    if (!ids[0]?.length) {
      throw new DamagedCollectionError(`the index of collection ${name} is empty`);
    }
  }
}

async function askJson<Answer>(url: string, signal: AbortSignal, body?: object): Promise<Answer> {
  const post = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, { ...post, signal });
  const text = await response.text();
  if (!response.ok) {
    throw new DamagedCollectionError(`Chroma answered ${response.status}: ${text.slice(0, 300)}`);
  }
  return JSON.parse(text);
}
