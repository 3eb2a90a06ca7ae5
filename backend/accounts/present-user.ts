import type { z } from 'zod';
import type { userSchema } from './account-schemas.ts';
import { currentPlan, type User } from './user.ts';

export function presentUser(user: User): z.input<typeof userSchema> {
  const { id, email, emailVerified, nickname, avatarUrl, role, wechatLinked } = user;
  const plan = currentPlan(user);
  const createdAt = user.createdAt.toISOString();
  const hasPassword = user.passwordHash !== null;
  return {
    id,
    email,
    emailVerified,
    nickname,
    avatarUrl,
    role,
    plan,
    wechatLinked,
    hasPassword,
    createdAt,
  };
}
