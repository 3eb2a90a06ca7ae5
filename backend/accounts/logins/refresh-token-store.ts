import type { Knex } from 'knex';
import { fromRow } from '../../platform/database/row.ts';

export interface RefreshToken {
  tokenHash: string;
  /** The login it belongs to. */
  familyId: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
  /** What it was exchanged for. */
  successorHash: string | null;
}

export interface RefreshTokenStore {
  insert(
    token: Pick<RefreshToken, 'tokenHash' | 'familyId' | 'userId' | 'expiresAt'>,
  ): Promise<void>;
  byHash(tokenHash: string): Promise<RefreshToken | undefined>;
  /** True for exactly one of several callers that present the same token at once. */
  exchange(tokenHash: string, successorHash: string): Promise<boolean>;
  /**
   * Repeats an exchange whose reply may have been lost: true when the token was used less than
   * `seconds` ago and what it was exchanged for never was. That one then counts as used long ago:
   * who presents it has a copy.
   */
  repeatExchange(tokenHash: string, successorHash: string, seconds: number): Promise<boolean>;
  deleteExpiredBefore(moment: Date): Promise<void>;
}

export function createRefreshTokenStore(knex: Knex): RefreshTokenStore {
  const tokens = () => knex('refresh_tokens');
  return {
    async insert(token) {
      await tokens().insert({
        token_hash: token.tokenHash,
        family_id: token.familyId,
        user_id: token.userId,
        expires_at: token.expiresAt,
      });
    },
    async byHash(tokenHash) {
      const row = await tokens().where({ token_hash: tokenHash }).first();
      return row && fromRow<RefreshToken>(row);
    },
    async exchange(tokenHash, successorHash) {
      const changed = await tokens()
        .where({ token_hash: tokenHash })
        .whereNull('used_at')
        .update({ used_at: knex.raw('clock_timestamp()'), successor_hash: successorHash });
      return changed === 1;
    },
    async repeatExchange(tokenHash, successorHash, seconds) {
      const known = await tokens()
        .where({ token_hash: tokenHash })
        .whereRaw(`used_at > clock_timestamp() - ? * interval '1 second'`, [seconds])
        .forUpdate()
        .first('successor_hash');
      if (!known) return false;
      const voided = await tokens()
        .where({ token_hash: known.successor_hash })
        .whereNull('used_at')
        .update({ used_at: knex.raw('to_timestamp(0)') });
      if (voided === 0) return false;
      await tokens().where({ token_hash: tokenHash }).update({ successor_hash: successorHash });
      return true;
    },
    async deleteExpiredBefore(moment) {
      await tokens().where('expires_at', '<', moment).delete();
    },
  };
}
