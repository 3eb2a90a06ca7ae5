import { z } from 'zod';
import { WechatTrouble } from './wechat-failure.ts';

const LONGEST_REPLY = 64 * 1024;

const jsonObject = z.looseObject({});

/**
 * One GET, one JSON object back, whatever media type it calls itself (WeChat says text/plain). The
 * address holds the secret: it is kept out of every error, and no redirection carries it elsewhere.
 */
export async function fetchFromWechat(url: string, timeoutMs: number): Promise<object> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new WechatTrouble(`HTTP ${response.status}`);
    }
    return parse(await readText(response));
  } catch (error) {
    throw error instanceof WechatTrouble ? error : new WechatTrouble(reasonOf(error));
  }
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.byteLength;
    if (length > LONGEST_REPLY) throw new WechatTrouble('the reply is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string): object {
  try {
    return jsonObject.parse(JSON.parse(text));
  } catch {
    throw new WechatTrouble('the reply is no JSON object');
  }
}

function reasonOf(error: unknown): string {
  const { name, cause }: { name?: unknown; cause?: unknown } = Object(error);
  if (name === 'TimeoutError') return 'no reply in time';
  const { code }: { code?: unknown } = Object(cause);
  return typeof code === 'string' ? code : 'the connection failed';
}
