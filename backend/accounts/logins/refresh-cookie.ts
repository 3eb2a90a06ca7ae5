import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import { defineCookie } from '../../http/cookies.ts';
import { isOwnPage } from '../../http/own-page.ts';
import type { Login } from './login.ts';

const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Where a client keeps its refresh token: our page in a cookie no script can read, others themselves. */
export interface RefreshCookie {
  /** Puts the token of our page into its cookie and out of the reply. */
  handOver(login: Login, request: Request, response: Response): { refreshToken: string | null };
  /** The token a call comes with, in its body or in the cookie. */
  tokenOf(request: Request, fromBody: string | undefined): { token: string; fromCookie: boolean };
  forget(response: Response): void;
}

export function createRefreshCookie(publicUrl: string): RefreshCookie {
  const cookie = defineCookie('guoxue-refresh', {
    secure: publicUrl.startsWith('https:'),
    path: '/api/auth',
    sameSite: 'strict',
    maxAgeSeconds: THIRTY_DAYS,
  });
  return {
    handOver(login, request, response) {
      if (!isOwnPage(request)) return { refreshToken: login.refreshToken };
      cookie.write(response, login.refreshToken);
      return { refreshToken: null };
    },
    tokenOf(request, fromBody) {
      if (fromBody !== undefined) return { token: fromBody, fromCookie: false };
      const token = isOwnPage(request) ? cookie.read(request) : undefined;
      if (token !== undefined) return { token, fromCookie: true };
      throw new AppError(400, 'invalid_input', '缺少刷新令牌。', {
        details: [{ path: 'refreshToken', message: '缺少刷新令牌' }],
      });
    },
    forget: (response) => cookie.clear(response),
  };
}
