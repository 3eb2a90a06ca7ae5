const STORAGE_KEY = 'guoxue.refreshToken';

/**
 * The access token lives in memory, the refresh token in local storage. The refresh token is read
 * from storage every time because another tab may have rotated it.
 */
export interface TokenStore {
  access(): string | null;
  refresh(): string | null;
  save(tokens: { accessToken: string; refreshToken: string }): void;
  dropAccess(): void;
  clear(): void;
}

export function createTokenStore(storage: Storage | null): TokenStore {
  let accessToken: string | null = null;
  // Stands in where storage is forbidden (private windows): the login lasts as long as the page.
  let unsaved: string | null = null;
  return {
    access: () => accessToken,
    refresh: () => unsaved ?? storage?.getItem(STORAGE_KEY) ?? null,
    save(tokens) {
      accessToken = tokens.accessToken;
      unsaved = null;
      try {
        if (storage === null) throw new Error('no storage');
        storage.setItem(STORAGE_KEY, tokens.refreshToken);
      } catch {
        unsaved = tokens.refreshToken;
      }
    },
    dropAccess() {
      accessToken = null;
    },
    clear() {
      accessToken = null;
      unsaved = null;
      storage?.removeItem(STORAGE_KEY);
    },
  };
}

/** Local storage, or null where even touching it throws. */
export function openStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
