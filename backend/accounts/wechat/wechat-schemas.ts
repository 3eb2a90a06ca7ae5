import { z } from 'zod';
import { textSchema } from '../../http/text-schema.ts';
import { WECHAT_CLIENTS } from './wechat-client.ts';

export const wechatProofBody = z
  .object({
    code: textSchema(1, 512),
    client: z.enum(WECHAT_CLIENTS, { error: '只能是 miniprogram 或 web' }),
    state: textSchema(1, 512).optional(),
  })
  .refine(({ client, state }) => client !== 'web' || state !== undefined, {
    path: ['state'],
    error: '网页登录要带上 state',
  });

export const authorizeSchema = z.object({
  url: z.url().describe('the page with the QR code'),
  state: z
    .string()
    .describe('comes back with the code; good once, in this browser, for 10 minutes'),
});

export const loginMethodsSchema = z.object({
  password: z.boolean(),
  guest: z.boolean(),
  wechatWeb: z.boolean(),
  wechatMiniProgram: z.boolean(),
});
