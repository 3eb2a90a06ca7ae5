import { z } from 'zod';
import { textSchema } from '../http/text-schema.ts';

export const userSchema = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: z.enum(['guest', 'learner', 'admin']),
  plan: z.enum(['free', 'vip']),
  wechatLinked: z.boolean(),
  createdAt: z.iso.datetime(),
});

export const emailSchema = z
  .string({ error: '请填写邮箱' })
  .trim()
  .max(254, { error: '邮箱太长' })
  .pipe(z.email({ error: '邮箱格式不正确' }));

/** Length only, as NIST SP 800-63B advises; the upper bound keeps hashing cheap. */
export const newPasswordSchema = z
  .string({ error: '请填写密码' })
  .min(8, { error: '密码至少 8 位' })
  .max(128, { error: '密码最多 128 位' });

export const registerBody = z.object({
  email: emailSchema,
  password: newPasswordSchema,
  nickname: textSchema(1, 32).optional(),
});

export const emailLoginBody = z.object({
  email: emailSchema,
  password: z.string({ error: '请填写密码' }).min(1, { error: '请填写密码' }).max(1024),
});

export const profileBody = z.object({
  nickname: textSchema(1, 32).optional(),
  avatarUrl: z
    .url({ protocol: /^https$/, error: '头像必须是 https 网址' })
    .nullable()
    .optional(),
});
