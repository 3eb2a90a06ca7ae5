import type { KeyValueStorage } from '../api/key-value-storage.ts';

/** Why the browser was sent to WeChat, remembered until it comes back. */
export interface WechatErrand {
  purpose: 'login' | 'link';
  /** Where to go on afterwards. */
  back: string;
}

const STORAGE_KEY = 'guoxue.wechat';

/** Only a path of this site: what stands in storage must not lead anywhere else. */
export function safePath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : '/';
}

export function rememberErrand(storage: KeyValueStorage | null, errand: WechatErrand): void {
  try {
    storage?.setItem(STORAGE_KEY, JSON.stringify(errand));
  } catch {
    // Forgotten, it is taken for a login that goes on at the front page.
  }
}

export function takeErrand(storage: KeyValueStorage | null): WechatErrand {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '{}');
    storage?.removeItem(STORAGE_KEY);
    const { purpose, back } = stored as Partial<WechatErrand>;
    return { purpose: purpose === 'link' ? 'link' : 'login', back: safePath(back) };
  } catch {
    return { purpose: 'login', back: '/' };
  }
}
