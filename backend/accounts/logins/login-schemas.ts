import { z } from 'zod';
import { userSchema } from '../account-schemas.ts';
import { LOGIN_METHODS, LOGIN_RESULTS } from './login.ts';

export const loginSchema = z.object({
  user: userSchema,
  accessToken: z.string(),
  refreshToken: z
    .string()
    .nullable()
    .describe('null when the web page asked for it to be kept in a cookie (X-Guoxue-Client: web)'),
  expiresIn: z.int().describe('seconds'),
});

export const refreshBody = z.object({
  refreshToken: z
    .string({ error: '缺少刷新令牌' })
    .min(1, { error: '缺少刷新令牌' })
    .max(512, { error: '刷新令牌太长' })
    .optional(),
});

export const liveLoginSchema = z.object({
  id: z.uuid(),
  method: z.enum(LOGIN_METHODS),
  agent: z.string(),
  address: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  current: z.boolean().describe('the one that asks'),
});

export const loginAttemptSchema = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  method: z.enum(LOGIN_METHODS),
  address: z.string(),
  agent: z.string(),
  result: z.enum(LOGIN_RESULTS),
});
