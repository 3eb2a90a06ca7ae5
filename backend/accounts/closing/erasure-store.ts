import type { Knex } from 'knex';

/**
 * After so long nobody can still be at work in the name of an account that was closed: what a request
 * on its way writes would otherwise be left behind.
 */
const REQUESTS_ARE_OVER = `interval '1 minute'`;
/** A guest who was away for so long has no token any more to come back with. */
const GUEST_IS_GONE = `interval '90 days'`;

const DUE = `erased_at is null and (
  closing_at <= now() - ${REQUESTS_ARE_OVER}
  or (role = 'guest' and created_at < now() - ${GUEST_IS_GONE} and not exists (
    select 1 from logins where user_id = users.id and last_used_at > now() - ${GUEST_IS_GONE}
  ))
)`;

/** What belongs to one person and to nothing else. */
const PERSONAL_TABLES = [
  'email_tokens',
  'wechat_identities',
  'refresh_tokens',
  'logins',
  'avatars',
] as const;

const NAMELESS = '已注销用户';

/** Methods that write must run in the transaction that holds the account. */
export interface ErasureStore {
  /** Ids of accounts to erase, in their own order, beyond the given one. */
  due(page: { limit: number; after: string | undefined }): Promise<string[]>;
  /** Whether that is still so: its owner may have come back. */
  isDue(id: string): Promise<boolean>;
  /** The account and those that have become part of it. */
  withMerged(id: string): Promise<string[]>;
  /** Leaves a bare id of an account: what is bound to it says nothing of a person. */
  erase(id: string): Promise<void>;
}

export function createErasureStore(knex: Knex): ErasureStore {
  const users = () => knex('users');
  return {
    async due({ limit, after }) {
      const rows = users().whereRaw(DUE).orderBy('id').limit(limit).select('id');
      if (after !== undefined) rows.where('id', '>', after);
      return (await rows).map(({ id }) => id);
    },
    async isDue(id) {
      const row = await users().where({ id }).whereRaw(DUE).first('id');
      return row !== undefined;
    },
    async withMerged(id) {
      const { rows } = await knex.raw(
        `with recursive parts as (
           select id from users where id = ?
           union select users.id from users join parts on users.merged_into = parts.id
         ) select id from parts`,
        [id],
      );
      return rows.map((row: { id: string }) => row.id);
    },
    async erase(id) {
      for (const table of PERSONAL_TABLES) await knex(table).where({ user_id: id }).delete();
      // The address stays for as long as the law wants login logs kept; clean-up deletes the row then.
      await knex('login_attempts').where({ user_id: id }).update({ agent: '' });
      await users()
        .where({ id })
        .update({
          email: null,
          password_hash: null,
          email_verified: false,
          nickname: NAMELESS,
          avatar_url: null,
          role: knex.raw(`case role when 'admin' then 'learner' else role end`),
          closing_at: knex.raw('coalesce(closing_at, now())'),
          erased_at: knex.fn.now(),
        });
    },
  };
}
