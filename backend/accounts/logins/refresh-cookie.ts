import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import { defineCookie } from '../../http/cookies.ts';
import type { Login } from './login.ts';

const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Where a client keeps its refresh token: in a cookie no script can read, or with itself. */
export interface RefreshCookie {
  /** Whether the caller is a web page that wants the cookie; throws when it is not our page. */
  wantedBy(request: Request): boolean;
  /** Puts the token of a web page into its cookie and out of the reply. */
  handOver(login: Login, request: Request, response: Response): { refreshToken: string | null };
  /** The token a call comes with, in its body or in the cookie. */
  tokenOf(request: Request, fromBody: string | undefined): { token: string; fromCookie: boolean };
  forget(response: Response): void;
}

/**
 * Against forged requests of other sites (OWASP CSRF cheat sheet): the cookie is SameSite=Strict, it
 * counts only beside a header that no form can send and CORS lets no foreign page send, and what
 * the browser says of the caller's origin must be this site.
 */
export function createRefreshCookie(publicUrl: string): RefreshCookie {
  const site = new URL(publicUrl);
  const cookie = defineCookie('guoxue-refresh', {
    secure: site.protocol === 'https:',
    path: '/api/auth',
    sameSite: 'strict',
    maxAgeSeconds: THIRTY_DAYS,
  });

  function wantedBy(request: Request): boolean {
    if (request.get('x-guoxue-client') !== 'web') return false;
    const origin = request.get('origin');
    const sites = [site.origin, `${request.protocol}://${request.get('host')}`];
    const fetchSite = request.get('sec-fetch-site') ?? 'same-origin';
    if ((origin === undefined || sites.includes(origin)) && fetchSite === 'same-origin')
      return true;
    throw new AppError(403, 'forbidden', '这个请求不是本站页面发出的。');
  }

  return {
    wantedBy,
    handOver(login, request, response) {
      if (!wantedBy(request)) return { refreshToken: login.refreshToken };
      cookie.write(response, login.refreshToken);
      return { refreshToken: null };
    },
    tokenOf(request, fromBody) {
      if (fromBody !== undefined) return { token: fromBody, fromCookie: false };
      const token = wantedBy(request) ? cookie.read(request) : undefined;
      if (token !== undefined) return { token, fromCookie: true };
      throw new AppError(400, 'invalid_input', '缺少刷新令牌。', {
        details: [{ path: 'refreshToken', message: '缺少刷新令牌' }],
      });
    },
    forget: (response) => cookie.clear(response),
  };
}
