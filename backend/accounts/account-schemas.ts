import { z } from 'zod';
import { textSchema } from '../http/text-schema.ts';
import { canBeSeen, cleanNickname, LONGEST_NICKNAME } from './nickname.ts';
import { PERSONAL_FAULT, passwordFault, personalFault } from './passwords/password-policy.ts';

export const userSchema = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: z.enum(['guest', 'learner', 'admin']),
  plan: z.enum(['free', 'vip']),
  wechatLinked: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.iso.datetime(),
});

export const emailSchema = z
  .string({ error: '请填写邮箱' })
  .trim()
  .max(254, { error: '邮箱太长' })
  .pipe(z.email({ error: '邮箱格式不正确' }));

/** All that can be seen of the password alone, so that it is said together with the other faults. */
export const newPasswordSchema = z
  .string({ error: '请填写密码' })
  .superRefine((password, context) => {
    const fault = passwordFault(password);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

/** One that is set already, whatever rules there were then. */
export const givenPasswordSchema = z
  .string({ error: '请填写密码' })
  .min(1, { error: '请填写密码' })
  .max(1024, { error: '密码太长' });

export const mailTokenSchema = z
  .string({ error: '缺少链接中的令牌' })
  .min(1, { error: '缺少链接中的令牌' })
  .max(256, { error: '链接中的令牌太长' });

const nicknameSchema = z
  .string({ error: '必须是文字' })
  .transform(cleanNickname)
  .pipe(textSchema(1, LONGEST_NICKNAME))
  .refine((nickname) => nickname === '' || canBeSeen(nickname), { error: '要有看得见的字' });

export const registerBody = z
  .object({
    email: emailSchema,
    password: newPasswordSchema,
    nickname: nicknameSchema.optional(),
  })
  .refine(saysNothingPersonal, {
    path: ['password'],
    error: PERSONAL_FAULT,
    // Also where something else is wrong: all of it is said at once.
    when: () => true,
  });

function saysNothingPersonal(body: object): boolean {
  const { email, password, nickname } = body as Record<string, unknown>;
  if (typeof password !== 'string' || passwordFault(password)) return true;
  const personal = [email, nickname].filter((each) => typeof each === 'string');
  return personalFault(password, personal) === undefined;
}

export const emailLoginBody = z.object({
  email: emailSchema,
  password: givenPasswordSchema,
});

export const resetPasswordBody = z.object({ token: mailTokenSchema, password: newPasswordSchema });

export const changePasswordBody = z.object({
  currentPassword: givenPasswordSchema.optional().describe('needed where a password is set'),
  password: newPasswordSchema,
});

export const changeEmailBody = z.object({
  email: emailSchema,
  password: givenPasswordSchema.optional().describe('the current one, needed where one is set'),
});

export const profileBody = z.object({
  nickname: nicknameSchema.optional(),
  avatarUrl: z
    .url({ protocol: /^https$/, error: '头像必须是 https 网址' })
    .max(500, { error: '头像网址太长' })
    .nullable()
    .optional(),
});
