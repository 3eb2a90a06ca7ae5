import type { Request, Response } from 'express';
import { defineCookie } from '../http/cookies.ts';
import { isOwnPage } from '../http/own-page.ts';
import { newToken } from './one-time-token.ts';

const ONE_YEAR = 365 * 24 * 60 * 60;
const DEVICE_ID = /^[\w-]{16,128}$/;

/** Marks a browser, not a person: it only tells that a new guest is the one who just left. */
const cookie = defineCookie('guoxue-device', {
  secure: false,
  path: '/api/auth/guest',
  sameSite: 'strict',
  maxAgeSeconds: ONE_YEAR,
});

/**
 * What device a guest uses: a mini program names it (`X-Device-Id`, random, kept by itself), a
 * browser of ours carries a cookie. Who names none is counted by address alone.
 */
export function deviceOf(request: Request, response: Response): string | undefined {
  const named = request.get('x-device-id');
  if (named !== undefined) return DEVICE_ID.test(named) ? named : undefined;
  if (!isOwnPage(request)) return undefined;
  const known = cookie.read(request);
  if (known && DEVICE_ID.test(known)) return known;
  const made = newToken();
  cookie.write(response, made);
  return made;
}
