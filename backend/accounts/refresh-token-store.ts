import type { Knex } from 'knex';

export interface RefreshToken {
  tokenHash: string;
  familyId: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
}

export interface RefreshTokenStore {
  insert(token: Omit<RefreshToken, 'usedAt'>): Promise<void>;
  byHash(tokenHash: string): Promise<RefreshToken | undefined>;
  /** True for exactly one of several callers that present the same token at once. */
  markUsed(tokenHash: string): Promise<boolean>;
  deleteFamily(familyId: string): Promise<void>;
  deleteOfUser(userId: string): Promise<void>;
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
      return (
        row && {
          tokenHash: row.token_hash,
          familyId: row.family_id,
          userId: row.user_id,
          expiresAt: row.expires_at,
          usedAt: row.used_at,
        }
      );
    },
    async markUsed(tokenHash) {
      const changed = await tokens()
        .where({ token_hash: tokenHash })
        .whereNull('used_at')
        .update({ used_at: new Date() });
      return changed === 1;
    },
    async deleteFamily(familyId) {
      await tokens().where({ family_id: familyId }).delete();
    },
    async deleteOfUser(userId) {
      await tokens().where({ user_id: userId }).delete();
    },
    async deleteExpiredBefore(moment) {
      await tokens().where('expires_at', '<', moment).delete();
    },
  };
}
