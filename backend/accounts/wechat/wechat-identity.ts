import { randomInt } from 'node:crypto';
import { canBeSeen, cleanNickname, LONGEST_NICKNAME } from '../nickname.ts';
import type { User } from '../user.ts';
import type { WechatClientKind, WechatKey } from './wechat-client.ts';

/** Somebody whom WeChat vouches for, now. */
export interface WechatPerson extends WechatKey {
  client: WechatClientKind;
  nickname: string | null;
  avatarUrl: string | null;
  sessionKey: string | null;
}

/** What is remembered of it: by which account the person is known here. */
export interface WechatIdentity extends WechatKey {
  userId: string;
  client: WechatClientKind;
  linkedAt: Date;
}

/** One app knows a person by one openid, and all apps of an owner by one unionid. */
export function areOnePerson(keys: readonly WechatKey[]): boolean {
  const openids = new Set(keys.map(({ appId, openid }) => `${appId} ${openid}`));
  const apps = new Set(keys.map(({ appId }) => appId));
  const unionids = new Set(keys.map(({ unionid }) => unionid).filter((unionid) => unionid));
  return openids.size === apps.size && unionids.size <= 1;
}

/** Nothing but WeChat leads into it, so nothing is lost when it becomes part of another account. */
export function isWechatOnly(user: User): boolean {
  return user.email === null && user.role === 'learner';
}

/** What WeChat itself calls people who have not shown it their name. */
const NAMELESS = '微信用户';

export function nicknameFromWechat(given: string | null): string {
  const text = cleanNickname((given ?? '').toWellFormed());
  const nickname = [...text].slice(0, LONGEST_NICKNAME).join('').trim();
  if (nickname !== NAMELESS && canBeSeen(nickname)) return nickname;
  return `${NAMELESS}${String(randomInt(10_000)).padStart(4, '0')}`;
}

/** WeChat still gives http: addresses, of servers that answer to https: as well. */
export function avatarFromWechat(given: string | null): string | null {
  if (!given || given.length > 1024 || !URL.canParse(given)) return null;
  const url = new URL(given);
  if (url.protocol === 'http:') url.protocol = 'https:';
  return url.protocol === 'https:' && !url.username && !url.password ? url.href : null;
}
