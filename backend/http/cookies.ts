import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';

export interface Cookie {
  read(request: Request): string | undefined;
  write(response: Response, value: string): void;
  clear(response: Response): void;
}

/**
 * A cookie no script can read. Over TLS it is `Secure` and its name says so, which browsers then
 * enforce (RFC 6265bis, section 4.1.3).
 */
export function defineCookie(
  name: string,
  options: { secure: boolean; path: string; sameSite: 'strict' | 'lax'; maxAgeSeconds: number },
): Cookie {
  const { secure, path, sameSite, maxAgeSeconds } = options;
  const fullName = secure ? `__Secure-${name}` : name;
  const attributes: CookieOptions = { httpOnly: true, secure, sameSite, path };
  return {
    read: (request) => parseCookie(request.headers.cookie ?? '')[fullName],
    write(response, value) {
      response.cookie(fullName, value, { ...attributes, maxAge: maxAgeSeconds * 1000 });
    },
    clear(response) {
      response.clearCookie(fullName, attributes);
    },
  };
}
