import type { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { MessageBus } from '../bus/message-bus.ts';
import type { Cache, Lookup } from './cache.ts';

/** From where an answer came: a cache, the source, or a reading of the source already under way. */
export type LookupOutcome = 'process' | 'server' | 'source' | 'joined';

/** One kind of thing that is kept, under the name by which its use is counted. */
export interface CachedKind<Value> {
  /** Constant, of few: it becomes a label of metrics. */
  name: string;
  /** What is kept must still read so; an entry of another version of the program is none. */
  schema: z.ZodType<Value>;
  /** The longest that it is kept, whatever is lost; up to a tenth less, so that not all ends at once. */
  seconds: number;
  /** The longest that one process keeps it, which may miss that it was forgotten; adds to `seconds`. */
  nearSeconds: number;
}

/** Reads the source; a value after `doNotKeep()` goes to whoever waits for it and nowhere else. */
export type ReadSource<Value> = (doNotKeep: () => void) => Promise<Value>;

/**
 * A way to a source by way of a cache. Whoever reads while somebody else already does waits for the
 * same reading. What was read before `forget` is neither kept nor handed out after it, in this process
 * and, as far as the bus reaches, in all; so call it after the commit. Values are shared by those who
 * wait for one reading: nobody may change them.
 */
export interface Cached<Value> {
  read(key: string, source: ReadSource<Value>): Promise<Value>;
  forget(key: string): Promise<void>;
}

export interface ReadCache {
  keep<Value>(kind: CachedKind<Value>): Cached<Value>;
  close(): Promise<void>;
}

interface Parts {
  /** Shared by all processes. */
  far: Cache;
  /** Of this process, where asking `far` takes a way over the network. */
  near: Cache | undefined;
  bus: MessageBus;
  onLookup?: ObserveLookup | undefined;
  logger: Logger;
}

export type ObserveLookup = (name: string, outcome: LookupOutcome) => void;

interface Leases {
  near: string | undefined;
  far: string | undefined;
}

const CHANNEL = 'cache-forgotten';

export async function openReadCache(parts: Parts): Promise<ReadCache> {
  const { near, bus } = parts;
  const flights = new Map<string, Promise<unknown>>();
  const unsubscribe = await bus.subscribe(CHANNEL, (key) => {
    flights.delete(String(key));
    void near?.delete(String(key));
  });
  return {
    keep: (kind) => createCached(parts, flights, kind),
    close: unsubscribe,
  };
}

function createCached<Value>(
  parts: Parts,
  flights: Map<string, Promise<unknown>>,
  kind: CachedKind<Value>,
): Cached<Value> {
  const { far, near, bus, logger } = parts;
  const keyOf = (key: string) => `${kind.name}:${key}`;
  const note = (outcome: LookupOutcome) => parts.onLookup?.(kind.name, outcome);
  const readSource = createSourceReading(parts, kind);

  /** What is kept; else the leases to keep it with. */
  async function lookUp(key: string) {
    const nearby = await near?.lookUp(key);
    const close = nearby && readEntry(kind, nearby);
    if (close) return close;
    const lease = nearby && !nearby.found ? nearby.lease : undefined;
    let lookup = await far.lookUp(key);
    let shared = readEntry(kind, lookup);
    if (lookup.found && !shared) {
      // Of another version of the program: it makes room, or it would stand in the way for its time.
      await far.delete(key);
      lookup = await far.lookUp(key);
      shared = readEntry(kind, lookup);
    }
    if (shared && lease) await near?.fill(key, lease, shared.value, kind.nearSeconds);
    return shared ?? { near: lease, far: lookup.found ? undefined : lookup.lease };
  }

  async function fly(key: string, source: ReadSource<Value>): Promise<Value> {
    const found = await lookUp(key);
    note('from' in found ? found.from : 'source');
    return 'from' in found ? found.value : readSource(key, source, found);
  }

  return {
    read(given, source) {
      const key = keyOf(given);
      const underWay = flights.get(key);
      if (underWay) {
        note('joined');
        return underWay as Promise<Value>;
      }
      const flight = fly(key, source).finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
      flights.set(key, flight);
      return flight;
    },

    async forget(given) {
      const key = keyOf(given);
      await far.delete(key);
      await near?.delete(key);
      flights.delete(key);
      await bus.publish(CHANNEL, key).catch((error: unknown) => {
        logger.warn({ err: error, cache: kind.name }, 'others were not told to forget');
      });
    },
  };
}

function createSourceReading<Value>(
  { far, near }: Pick<Parts, 'far' | 'near'>,
  kind: CachedKind<Value>,
) {
  /** While the shared cache is away nothing is kept at all: no word of a change would come either. */
  async function fill(key: string, leases: Leases, value: Value | undefined): Promise<void> {
    const seconds = value === undefined ? 0 : kind.seconds * (0.9 + Math.random() / 10);
    const filled = leases.far ? await far.fill(key, leases.far, value, seconds) : false;
    const nearSeconds = filled ? Math.min(seconds, kind.nearSeconds) : 0;
    if (leases.near) await near?.fill(key, leases.near, value, nearSeconds);
  }

  return async (key: string, source: ReadSource<Value>, leases: Leases): Promise<Value> => {
    let kept: Value | undefined;
    try {
      let worthKeeping = true;
      const value = await source(() => {
        worthKeeping = false;
      });
      if (worthKeeping) kept = value;
      return value;
    } finally {
      // Also where there is nothing to keep: the next reader may have the lease.
      await fill(key, leases, kept);
    }
  };
}

function readEntry<Value>(kind: CachedKind<Value>, lookup: Lookup) {
  if (!lookup.found) return undefined;
  const parsed = kind.schema.safeParse(lookup.value);
  return parsed.success ? { value: parsed.data, from: lookup.from } : undefined;
}
