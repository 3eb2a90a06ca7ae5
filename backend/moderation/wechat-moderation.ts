import { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { ModeratedText, Moderation, ModerationVerdict } from './moderation.ts';
import { postToWechat, WechatRefusal } from './post-to-wechat.ts';
import { textPieces } from './text-pieces.ts';
import type { WechatAccessToken } from './wechat-access-token.ts';

/** What becomes of a text that WeChat does not answer with yes or no. */
export interface ModerationRules {
  /** WeChat would have a person look at it. */
  review: ModerationVerdict;
  /** Its author is not known to our mini program, or was not in it for two hours. */
  unchecked: ModerationVerdict;
  /** WeChat is away, or refuses us. */
  unavailable: ModerationVerdict;
}

/** WeChat takes 2,500 characters. */
const LONGEST_PIECE = 2_000;
/** A comment; the others are profile, forum and diary. */
const SCENE = 2;
const STALE_TOKEN = [40001, 40014, 42001];
/** Not one of our openids; not in the mini program for two hours. */
const NOT_OURS_TO_CHECK = [40003, 61010];
/** What the first version of the call said of a text that may not stand. */
const RISKY = 87014;

const replySchema = z.object({
  result: z.object({ suggest: z.enum(['pass', 'review', 'risky']), label: z.number() }),
  trace_id: z.string().optional(),
});

const FLAGGED = 'WeChat objects to a text';
/** It is busy, or we ask too often: nothing that somebody has to put right. */
const PASSING = ['unreachable', -1, 44991, 45009, 45011];

type Finding = 'pass' | 'review' | 'risky' | 'unchecked' | 'unavailable';
/** Of several pieces the gravest counts. */
const GRAVITY: Finding[] = ['pass', 'review', 'unchecked', 'unavailable', 'risky'];

/** https://developers.weixin.qq.com/miniprogram/dev/server/API/sec-center/sec-check/api_msgseccheck */
export function createWechatModeration(parts: {
  baseUrl: string;
  token: WechatAccessToken;
  /** By which somebody is known to our mini program. */
  openidOf: (userId: string) => Promise<string | undefined>;
  rules: ModerationRules;
  logger: Logger;
}): Moderation {
  const { baseUrl, token, openidOf, rules, logger } = parts;

  function ask(accessToken: string, openid: string, content: string) {
    const query = new URLSearchParams({ access_token: accessToken });
    const body = { version: 2, scene: SCENE, openid, content };
    return postToWechat(`${baseUrl}/wxa/msg_sec_check?${query}`, body, replySchema);
  }

  async function askWithToken(openid: string, content: string) {
    const accessToken = await token.current();
    return ask(accessToken, openid, content).catch(async (error: unknown) => {
      const stale = error instanceof WechatRefusal && STALE_TOKEN.includes(Number(error.code));
      if (!stale) throw error;
      return ask(await token.renewed(accessToken), openid, content);
    });
  }

  async function findingOf(piece: string, openid: string, about: ModeratedText): Promise<Finding> {
    try {
      const { result, trace_id: traceId } = await askWithToken(openid, piece);
      const { suggest, label } = result;
      if (suggest !== 'pass') logger.warn({ ...about, suggest, label, traceId }, FLAGGED);
      return suggest;
    } catch (error) {
      const code = error instanceof WechatRefusal ? error.code : undefined;
      if (code === RISKY) {
        logger.warn({ ...about, suggest: 'risky' }, FLAGGED);
        return 'risky';
      }
      if (NOT_OURS_TO_CHECK.includes(Number(code))) return 'unchecked';
      const level = code !== undefined && PASSING.includes(code) ? 'warn' : 'error';
      logger[level]({ ...about, code: code ?? String(error) }, 'WeChat does not check a text');
      return 'unavailable';
    }
  }

  async function inspect(text: string, about: ModeratedText): Promise<Finding> {
    const pieces = textPieces(text, LONGEST_PIECE);
    if (pieces.length === 0) return 'pass';
    const openid = await openidOf(about.userId);
    if (openid === undefined) return 'unchecked';
    const findings = await Promise.all(pieces.map((piece) => findingOf(piece, openid, about)));
    return GRAVITY.findLast((each) => findings.includes(each)) ?? 'unavailable';
  }

  return {
    async check(text, about) {
      const finding = await inspect(text, about).catch((error: unknown): Finding => {
        logger.warn({ ...about, err: error }, 'a text could not be checked');
        return 'unavailable';
      });
      const verdict = verdictOf(finding, rules);
      if (verdict === 'reject') logger.warn({ ...about, finding }, 'a text was rejected');
      return verdict;
    },
  };
}

function verdictOf(finding: Finding, rules: ModerationRules): ModerationVerdict {
  if (finding === 'pass') return 'pass';
  return finding === 'risky' ? 'reject' : rules[finding];
}
