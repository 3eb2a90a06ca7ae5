import type { z } from 'zod';
import type { loginSchema, userSchema } from './account-schemas.ts';
import type { Login } from './account-service.ts';
import type { User } from './user.ts';

export function presentUser(user: User): z.input<typeof userSchema> {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerified,
    nickname: user.nickname,
    avatarUrl: user.avatarUrl,
    role: user.role,
    plan: user.plan,
    wechatLinked: false,
    createdAt: user.createdAt.toISOString(),
  };
}

export function presentLogin(login: Login): z.input<typeof loginSchema> {
  return { ...login, user: presentUser(login.user) };
}
