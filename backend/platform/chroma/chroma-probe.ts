import { setTimeout as sleep } from 'node:timers/promises';

const DATABASE = '/api/v2/tenants/default_tenant/databases/default_database';
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 100;
const HEARTBEAT_MS = 1_000;
const SAMPLES = 4;
/** Cosine or squared Euclidean distance of a vector to itself, with room for rounding. */
const SAME = 0.01;

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

interface StoredVectors {
  embeddings: number[][] | null;
}

interface Neighbours {
  distances: (number | null)[][] | null;
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
 * Looks some stored vectors of every collection up by themselves. Chroma reads an index at its first
 * query and not before: a damaged one answers with an error, with something else, not at all, or
 * takes the server down, better now than at the first question of a learner. It also leaves the
 * indexes warm.
 */
export async function checkCollections(url: string, signal: AbortSignal): Promise<void> {
  const collections = await askJson<StoredCollection[]>(`${url}${DATABASE}/collections`, signal);
  for (const { id, name, dimension } of collections) {
    if (dimension) await checkIndex(`${url}${DATABASE}/collections/${id}`, name, signal);
  }
}

async function checkIndex(collection: string, name: string, signal: AbortSignal): Promise<void> {
  const count = await askJson<number>(`${collection}/count`, signal);
  if (count === 0) return;
  const samples: number[][] = [];
  for (let part = 0; part < SAMPLES; part += 1) {
    const offset = Math.floor((count * part) / SAMPLES);
    const wanted = { limit: 1, offset, include: ['embeddings'] };
    const { embeddings } = await askJson<StoredVectors>(`${collection}/get`, signal, wanted);
    const vector = embeddings?.[0];
    // The zero vector is near nothing, itself included.
    if (vector?.some((component) => component !== 0)) samples.push(vector);
  }
  if (samples.length === 0) return;
  const query = { query_embeddings: samples, n_results: 10, include: ['distances'] };
  const { distances } = await askJson<Neighbours>(`${collection}/query`, signal, query);
  const found = distances?.filter(([nearest]) => (nearest ?? 1) < SAME).length ?? 0;
  // The search is approximate: one may be missed, most may not.
  if (found < samples.length / 2) {
    throw new DamagedCollectionError(
      `the index of collection ${name} does not find its own vectors`,
    );
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
