import { z } from 'zod';

/** `code` is WeChat's `errcode`, or a word of ours; nothing of what was sent is in it. */
export class WechatRefusal extends Error {
  readonly code: number | 'unreachable' | 'unreadable';

  constructor(code: number | 'unreachable' | 'unreadable') {
    super(`WeChat: ${code}`);
    this.code = code;
  }
}

const TIMEOUT_MS = 3_000;
const LONGEST_REPLY = 64 * 1024;

const failureSchema = z.object({ errcode: z.number().default(0) });

/** The address may hold a token: it is kept out of every error, and no redirection carries it on. */
export async function postToWechat<Reply extends z.ZodType>(
  url: string,
  body: object,
  schema: Reply,
): Promise<z.output<Reply>> {
  const reply = await exchange(url, body).catch(() => {
    throw new WechatRefusal('unreachable');
  });
  const { errcode } = failureSchema.safeParse(reply).data ?? { errcode: 0 };
  if (errcode !== 0) throw new WechatRefusal(errcode);
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new WechatRefusal('unreadable');
  return parsed.data;
}

async function exchange(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > LONGEST_REPLY) throw new Error('the reply is too long');
  }
  return JSON.parse(text);
}
