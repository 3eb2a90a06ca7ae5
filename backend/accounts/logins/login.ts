import type { Caller } from '../../http/caller.ts';
import type { User } from '../user.ts';

export const LOGIN_METHODS = [
  'password',
  'register',
  'guest',
  'wechat_miniprogram',
  'wechat_web',
] as const;
export type LoginMethod = (typeof LOGIN_METHODS)[number];

export const LOGIN_RESULTS = [
  'success',
  'wrong_password',
  'locked',
  'disabled',
  'wechat_refused',
] as const;
export type LoginResult = (typeof LOGIN_RESULTS)[number];

/** Somebody at the door: how they mean to get in, and from where. */
export interface Visit {
  method: LoginMethod;
  caller: Caller;
}

/** One device that is logged in: a family of refresh tokens. */
export interface LoginRecord {
  id: string;
  userId: string;
  method: LoginMethod;
  agent: string;
  address: string;
  /** Whether our own page holds it, in a cookie. */
  fromPage: boolean;
  createdAt: Date;
  lastUsedAt: Date;
}

/** What a client gets when it is in. */
export interface Login {
  user: User;
  loginId: string;
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token is good for. */
  expiresIn: number;
}
