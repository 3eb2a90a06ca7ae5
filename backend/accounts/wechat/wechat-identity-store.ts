import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../../platform/database/row.ts';
import { hashToken } from '../one-time-token.ts';
import type { WechatKey } from './wechat-client.ts';
import type { WechatIdentity } from './wechat-identity.ts';

export interface SealedSessionKey extends Pick<WechatIdentity, 'appId' | 'openid'> {
  sealed: string;
}

/** Methods that write must run in a transaction. */
export interface WechatIdentityStore {
  /** Whoever else brings the same person waits until the transaction ends. */
  serialise(person: WechatKey): Promise<void>;
  /** The identity itself first, then the same person's in other apps, oldest link first. */
  matching(person: WechatKey): Promise<WechatIdentity[]>;
  ofUser(userId: string): Promise<WechatIdentity[]>;
  /** Makes the person known as that user; what is newly known (unionid, session key) is kept. */
  save(
    identity: Omit<WechatIdentity, 'linkedAt'>,
    options: { sealedSessionKey: string | null },
  ): Promise<void>;
  sealedSessionKeyOf(userId: string): Promise<SealedSessionKey | undefined>;
  changeOwner(fromUserId: string, toUserId: string): Promise<void>;
  deleteOfUser(userId: string): Promise<void>;
  /** True the first time the person signs up, for ever: leaving and coming back brings no new grant. */
  claimWelcome(person: WechatKey): Promise<boolean>;
}

const COLUMNS = ['app_id', 'openid', 'unionid', 'user_id', 'client', 'linked_at'] as const;

export function createWechatIdentityStore(knex: Knex): WechatIdentityStore {
  const identities = () => knex('wechat_identities');
  const toIdentity = (row: RowOf<WechatIdentity>) => fromRow<WechatIdentity>(row);
  return {
    async serialise(person) {
      for (const key of namesOf(person).map(lockKey).sort()) {
        await knex.raw('select pg_advisory_xact_lock(?::bigint)', [key]);
      }
    },
    async matching({ appId, openid, unionid }) {
      const rows = await identities()
        .where({ app_id: appId, openid })
        .modify((query) => unionid && query.orWhere({ unionid }))
        .orderByRaw('(app_id = ? and openid = ?) desc, linked_at, app_id', [appId, openid])
        .select(...COLUMNS);
      return rows.map(toIdentity);
    },
    async ofUser(userId) {
      const rows = await identities()
        .where({ user_id: userId })
        .orderBy('linked_at')
        .select(...COLUMNS);
      return rows.map(toIdentity);
    },
    async save({ appId, openid, unionid, userId, client }, { sealedSessionKey }) {
      await knex.raw(
        `insert into wechat_identities as known
           (app_id, openid, unionid, user_id, client, session_key_sealed)
         values (?, ?, ?, ?, ?, ?)
         on conflict (app_id, openid) do update set
           user_id = excluded.user_id,
           client = excluded.client,
           unionid = coalesce(excluded.unionid, known.unionid),
           session_key_sealed = coalesce(excluded.session_key_sealed, known.session_key_sealed)`,
        [appId, openid, unionid, userId, client, sealedSessionKey],
      );
    },
    async sealedSessionKeyOf(userId) {
      const row = await identities()
        .where({ user_id: userId })
        .whereNotNull('session_key_sealed')
        .first('app_id', 'openid', 'session_key_sealed');
      return row && { appId: row.app_id, openid: row.openid, sealed: row.session_key_sealed };
    },
    async changeOwner(fromUserId, toUserId) {
      await identities().where({ user_id: fromUserId }).update({ user_id: toUserId });
    },
    async deleteOfUser(userId) {
      await identities().where({ user_id: userId }).delete();
    },
    async claimWelcome(person) {
      const names = namesOf(person).map((name) => ({ key_hash: hashToken(name) }));
      const claimed = await knex('wechat_welcomes')
        .insert(names)
        .onConflict('key_hash')
        .ignore()
        .returning('key_hash');
      return claimed.length === names.length;
    },
  };
}

/** What the person may be met under again. */
function namesOf({ appId, openid, unionid }: WechatKey): string[] {
  return [`openid ${appId} ${openid}`, ...(unionid ? [`unionid ${unionid}`] : [])];
}

function lockKey(name: string): string {
  const digest = createHash('sha256').update(`wechat ${name}`).digest();
  return digest.readBigInt64BE(0).toString();
}
