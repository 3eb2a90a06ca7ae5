import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';

const planSchema = z.enum(['free', 'vip'], { error: '只能是 free 或 vip' });
const flag = z.boolean({ error: '只能是 true 或 false' });
const flagText = z
  .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
  .transform((value) => value === 'true' || value === '1');

export const administeredUserSchema = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: z.enum(['guest', 'learner', 'admin']),
  plan: z.enum(['free', 'vip']).describe('the one that counts now'),
  planUntil: z.iso.datetime().nullable().describe('null for one without an end'),
  wechatLinked: z.boolean(),
  createdAt: z.iso.datetime(),
  disabled: z.boolean(),
  closesAt: z.iso.datetime().nullable().describe('when an account that was closed is erased'),
  lastLoginAt: z.iso.datetime().nullable(),
});

export const usersQuery = z.object({
  ...pageQuery,
  q: textSchema(0, 254).optional(),
  role: z
    .enum(['guest', 'learner', 'admin'], { error: '只能是 guest、learner 或 admin' })
    .optional(),
  plan: planSchema.optional(),
  disabled: flagText.optional(),
});

export const userParams = z.object({ id: idSchema });

export const amendmentBody = z
  .object({
    role: z.enum(['learner', 'admin'], { error: '只能是 learner 或 admin' }).optional(),
    plan: planSchema.optional(),
    planUntil: z.iso
      .datetime({ error: '必须是 ISO 8601 的时间' })
      .transform((moment) => new Date(moment))
      .refine((moment) => moment > new Date(), { error: '必须在以后' })
      .nullable()
      .optional(),
    disabled: flag.optional(),
  })
  .refine(({ plan, planUntil }) => !planUntil || plan === 'vip', {
    path: ['planUntil'],
    error: '只有会员才有期限',
  });

export const auditRecordSchema = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  actorId: z.uuid().nullable(),
  actorName: z.string().nullable(),
  action: z.string(),
  targetType: z.string(),
  targetId: z.string(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
});

export const auditQuery = z.object({
  ...pageQuery,
  action: textSchema(1, 64).optional(),
  actorId: idSchema.optional(),
  targetId: textSchema(1, 128).optional(),
});
