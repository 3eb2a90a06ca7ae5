import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../platform/redis-connection.ts';
import { type AnswerEvent, EventOrderError, type EventStore } from './event-store.ts';

// Returns the last id the stream had when the event does not follow it, otherwise -1. A command
// whose reply got lost is sent again by the client: the mark tells it from a second writer.
const APPEND = `
local last = 0
local entry = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if entry then
  last = tonumber(string.match(entry[1], '^%d+'))
  if last == tonumber(ARGV[1]) and entry[2][4] == ARGV[3] then return -1 end
end
if last + 1 ~= tonumber(ARGV[1]) then return last end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], ARGV[1] .. '-0', 'event', ARGV[2], 'mark', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return -1`;

const HOUR_MS = 3_600_000;
/** Several times what the longest answer comes to; whoever reads notices what was trimmed. */
const MAX_EVENTS = 10_000;

/** One Redis Stream an answer; event n is entry `n-0`. The client is shared and stays open. */
export function createRedisEventStore(given: {
  client: RedisClient;
  prefix: string;
  keepMs?: number;
  maxEvents?: number;
}): EventStore {
  const { client, keepMs = HOUR_MS, maxEvents = MAX_EVENTS } = given;
  const keyOf = (answerId: string) => `${given.prefix}:events:${answerId}`;

  return {
    async append(answerId, event) {
      const mark = randomBytes(6).toString('base64url');
      const json = JSON.stringify(event);
      const values = [event.id, json, mark, keepMs, maxEvents];
      const last = await client.eval(APPEND, 1, keyOf(answerId), ...values);
      if (last !== -1) throw new EventOrderError(answerId, event.id, Number(last));
    },
    async read(answerId, after, limit) {
      if (limit <= 0) return [];
      const first = `${Math.max(0, after) + 1}-0`;
      const entries = await client.xrange(keyOf(answerId), first, '+', 'COUNT', limit);
      return entries.map(([, fields]): AnswerEvent => JSON.parse(fields[1] ?? 'null'));
    },
    async close() {},
  };
}
