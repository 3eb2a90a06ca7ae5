import type { Request, Response } from 'express';
import { defineCookie } from '../../http/cookies.ts';
import { newToken } from '../one-time-token.ts';
import { STATE_MINUTES } from './wechat-state-store.ts';

const MARK = /^[\w-]{43}$/;

/** Ties the way to WeChat and back to one browser; several tabs of it share the mark. */
export interface WechatBrowser {
  markOf(request: Request): string | undefined;
  newMark(): string;
  /** Marks a browser that sets out, for as long as it may be away. */
  mark(response: Response, mark: string): void;
}

export function createWechatBrowser(publicUrl: string): WechatBrowser {
  const cookie = defineCookie('guoxue-wechat-state', {
    secure: publicUrl.startsWith('https:'),
    path: '/api',
    // It comes back after a visit to WeChat's page.
    sameSite: 'lax',
    maxAgeSeconds: STATE_MINUTES * 60,
  });
  return {
    markOf(request) {
      const mark = cookie.read(request);
      return mark !== undefined && MARK.test(mark) ? mark : undefined;
    },
    newMark: newToken,
    mark: (response, mark) => cookie.write(response, mark),
  };
}
