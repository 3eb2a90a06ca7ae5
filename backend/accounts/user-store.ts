import type { Knex } from 'knex';
import type { NewUser, User } from './user.ts';

interface UserRow {
  id: string;
  email: string | null;
  password_hash: string | null;
  email_verified: boolean;
  nickname: string;
  avatar_url: string | null;
  role: User['role'];
  plan: User['plan'];
  disabled_at: Date | null;
  created_at: Date;
}

const TABLE = 'users';
const UNIQUE_VIOLATION = '23505';

export interface UserStore {
  byId(id: string): Promise<User | undefined>;
  byEmail(email: string): Promise<User | undefined>;
  /** `undefined` when somebody has that address already. */
  insert(user: NewUser): Promise<User | undefined>;
  /** Turns a guest into a learner; `undefined` when the address is taken or it is no guest. */
  promoteGuest(guestId: string, user: Omit<NewUser, 'id' | 'role'>): Promise<User | undefined>;
  update(id: string, change: { nickname?: string; avatarUrl?: string | null }): Promise<User>;
  disable(id: string): Promise<void>;
  firstAdmin(): Promise<User | undefined>;
}

export function createUserStore(knex: Knex): UserStore {
  const first = async (where: Partial<UserRow>) => {
    const row = await knex<UserRow>(TABLE).where(where).first();
    return row && toUser(row);
  };
  return {
    byId: (id) => first({ id }),
    byEmail: (email) => first({ email }),
    async insert(user) {
      const rows = await knex<UserRow>(TABLE)
        .insert(toRow(user))
        .onConflict('email')
        .ignore()
        .returning('*');
      return rows[0] && toUser(rows[0]);
    },
    async promoteGuest(guestId, user) {
      const rows = await knex<UserRow>(TABLE)
        .where({ id: guestId, role: 'guest' })
        .update({ ...toRow({ ...user, id: guestId, role: 'learner' }) })
        .returning('*')
        .catch(ignoreTakenEmail);
      return rows[0] && toUser(rows[0]);
    },
    async update(id, change) {
      const row = {
        ...(change.nickname === undefined ? {} : { nickname: change.nickname }),
        ...(change.avatarUrl === undefined ? {} : { avatar_url: change.avatarUrl }),
      };
      const users = knex<UserRow>(TABLE).where({ id });
      const rows = await (Object.keys(row).length > 0 ? users.update(row).returning('*') : users);
      if (!rows[0]) throw new Error(`no user ${id}`);
      return toUser(rows[0]);
    },
    async disable(id) {
      await knex<UserRow>(TABLE).where({ id }).update({ disabled_at: new Date() });
    },
    async firstAdmin() {
      const row = await knex<UserRow>(TABLE).where({ role: 'admin' }).orderBy('created_at').first();
      return row && toUser(row);
    },
  };
}

function ignoreTakenEmail(error: unknown): UserRow[] {
  if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return [];
  throw error;
}

function toRow(user: NewUser) {
  return {
    id: user.id,
    email: user.email,
    password_hash: user.passwordHash,
    nickname: user.nickname,
    role: user.role,
  };
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    passwordHash: row.password_hash,
    emailVerified: row.email_verified,
    nickname: row.nickname,
    avatarUrl: row.avatar_url,
    role: row.role,
    plan: row.plan,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
  };
}
