import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { AppError } from '../errors.ts';

export interface IdempotencyScope {
  userId: string;
  route: string;
  key: string;
  body: unknown;
}

export interface Idempotency {
  /**
   * Runs `work` once for a key and keeps its result; later calls with the same key and body get the
   * kept result. A call that comes while the first is still at work waits for it, ten seconds or as
   * long as the work may take. If the first one fails, its claim is given up, so that the caller may
   * try again.
   */
  once<Reply>(
    scope: IdempotencyScope,
    work: () => Promise<Reply>,
    patienceMs?: number,
  ): Promise<Reply>;
}

/** Where the row of a scope is kept within somebody else's transaction (see the chat room). */
export interface IdempotencyStore {
  /** The kept reply, `'claimed'` when this call now owns the key, `'busy'` while another works. */
  claim(scope: IdempotencyScope): Promise<{ reply: unknown } | 'claimed' | 'busy'>;
  /** The kept reply, if there is one by now; claims nothing. Throws when the body is another. */
  kept(scope: IdempotencyScope): Promise<{ reply: unknown } | undefined>;
  keep(scope: IdempotencyScope, reply: unknown): Promise<void>;
  release(scope: IdempotencyScope): Promise<void>;
  deleteBefore(moment: Date): Promise<void>;
  deleteAllOf(userId: string): Promise<void>;
}

const KEPT = '24 hours';
/** Whoever claimed a key and died leaves it behind; after this long another may take it. */
const ABANDONED = '60 seconds';
const WAIT_MS = 100;
const PATIENCE_MS = 10_000;

export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (/^[\x20-\x7e]{1,128}$/.test(header)) return header;
  throw new AppError(
    400,
    'invalid_input',
    'Idempotency-Key 必须是 1 到 128 个可打印的 ASCII 字符。',
    {
      details: [{ path: 'Idempotency-Key', message: '1 到 128 个可打印的 ASCII 字符' }],
    },
  );
}

/** For calls that move tokens or money: without a key nobody could tell a repetition from a second wish. */
export function requireIdempotencyKey(key: string | undefined): string {
  if (key !== undefined) return key;
  throw new AppError(400, 'invalid_input', '这个请求必须带 Idempotency-Key 请求头。', {
    details: [{ path: 'Idempotency-Key', message: '必须有' }],
  });
}

export function createIdempotencyStore(knex: Knex): IdempotencyStore {
  const rowOf = ({ userId, route, key }: IdempotencyScope) => ({ user_id: userId, route, key });
  return {
    async claim(scope) {
      const bodyHash = hashOf(scope.body);
      const { rows: claimed } = await knex.raw(
        `insert into idempotency_keys as kept (user_id, route, key, body_hash, created_at)
         values (?, ?, ?, ?, clock_timestamp())
         on conflict (user_id, route, key) do update
           set body_hash = excluded.body_hash, reply = null, created_at = excluded.created_at
           where kept.created_at < now() - interval '${KEPT}'
              or (kept.reply is null and kept.body_hash = excluded.body_hash
                  and kept.created_at < now() - interval '${ABANDONED}')
         returning 1`,
        [scope.userId, scope.route, scope.key, bodyHash],
      );
      if (claimed.length > 0) return 'claimed';
      const row = await knex('idempotency_keys').where(rowOf(scope)).first();
      return (row && replyIn(row, bodyHash)) ?? 'busy';
    },
    async kept(scope) {
      const row = await knex('idempotency_keys')
        .where(rowOf(scope))
        .whereRaw(`created_at >= now() - interval '${KEPT}'`)
        .first();
      return row && replyIn(row, hashOf(scope.body));
    },
    async keep(scope, reply) {
      await knex('idempotency_keys')
        .where(rowOf(scope))
        .update({ reply: JSON.stringify(reply) });
    },
    async release(scope) {
      await knex('idempotency_keys').where(rowOf(scope)).whereNull('reply').delete();
    },
    async deleteBefore(moment) {
      await knex('idempotency_keys').where('created_at', '<', moment).delete();
    },
    async deleteAllOf(userId) {
      await knex('idempotency_keys').where({ user_id: userId }).delete();
    },
  };
}

function replyIn(
  row: { body_hash: string; reply: unknown },
  bodyHash: string,
): { reply: unknown } | undefined {
  if (row.body_hash !== bodyHash) {
    throw new AppError(
      409,
      'idempotency_conflict',
      '这个 Idempotency-Key 已经用于另一个请求，请换一个。',
    );
  }
  return row.reply === null ? undefined : { reply: row.reply };
}

export function createIdempotency(store: IdempotencyStore): Idempotency {
  return {
    async once<Reply>(
      scope: IdempotencyScope,
      work: () => Promise<Reply>,
      patienceMs = PATIENCE_MS,
    ) {
      for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += WAIT_MS) {
        const claim = await store.claim(scope);
        if (typeof claim === 'object') return claim.reply as Reply;
        if (claim === 'claimed') return runClaimed(store, scope, work);
        await sleep(WAIT_MS);
      }
      throw new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
    },
  };
}

async function runClaimed<Reply>(
  store: IdempotencyStore,
  scope: IdempotencyScope,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    const reply = await work();
    await store.keep(scope, reply);
    return reply;
  } catch (error) {
    await store.release(scope);
    throw error;
  }
}

function hashOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('hex');
}
