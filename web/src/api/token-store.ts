import type { KeyValueStorage } from './key-value-storage.ts';
import type { SignedIn, User } from './types.ts';

export const HINT_KEY = 'guoxue.signedIn';
/** Where the page kept its refresh token before that moved into a cookie. */
const LEGACY_KEY = 'guoxue.refreshToken';
/** An access token with less life than this might not survive the call it is meant for. */
const MARGIN_SECONDS = 20;

/**
 * The access token lives in memory; the refresh token in a cookie the page never sees. Local storage
 * holds a hint, no secret: whom this browser is signed in as. All tabs share it, so it is read anew
 * every time and tells a tab when another one has changed places.
 */
export interface TokenStore {
  /** Null as soon as it is about to expire. */
  access(): string | null;
  /** Whether a refresh is worth trying. */
  hopeful(): boolean;
  /** What a former version of the page left behind. */
  legacy(): string | null;
  /** Id of the user this tab is signed in as. */
  holder(): string | null;
  /** Id of the user the browser is signed in as, as the last tab that changed it says. */
  hinted(): string | null;
  /** The browser is signed in as somebody else than this tab, or no longer at all. */
  overtaken(): boolean;
  /** Writes the hint only if it says something new: every change is an event in the other tabs. */
  save(login: SignedIn): void;
  dropAccess(): void;
  /** This tab lets go; what the tabs share stays. */
  letGo(): void;
  /** The login is over for every tab. */
  clear(): void;
  clearLegacy(): void;
}

/** The role is part of it, so that other tabs notice when a guest signs up and keeps the id. */
export function hintOf({ id, role }: Pick<User, 'id' | 'role'>): string {
  return `${id} ${role}`;
}

const idIn = (hint: string | null) => hint?.split(' ')[0] ?? null;

export function createTokenStore(storage: KeyValueStorage | null, now = Date.now): TokenStore {
  let token: { text: string; until: number } | null = null;
  let mine: string | null = null;
  // Stands in where storage is forbidden (private windows): the login lasts as long as the page.
  let unsaved: string | null = null;

  const hint = () => storage?.getItem(HINT_KEY) ?? unsaved;

  return {
    access: () => (token !== null && now() < token.until ? token.text : null),
    hopeful: () => hint() !== null || storage?.getItem(LEGACY_KEY) != null,
    legacy: () => storage?.getItem(LEGACY_KEY) ?? null,
    holder: () => idIn(mine),
    hinted: () => idIn(hint()),
    overtaken: () => mine !== null && hint() !== mine,
    save({ user, accessToken, expiresIn }) {
      token = { text: accessToken, until: now() + (expiresIn - MARGIN_SECONDS) * 1000 };
      mine = hintOf(user);
      unsaved = null;
      try {
        if (storage === null) throw new Error('no storage');
        if (storage.getItem(HINT_KEY) !== mine) storage.setItem(HINT_KEY, mine);
      } catch {
        unsaved = mine;
      }
    },
    dropAccess() {
      token = null;
    },
    letGo() {
      token = null;
      mine = null;
      unsaved = null;
    },
    clear() {
      token = null;
      mine = null;
      unsaved = null;
      storage?.removeItem(HINT_KEY);
      storage?.removeItem(LEGACY_KEY);
    },
    clearLegacy: () => storage?.removeItem(LEGACY_KEY),
  };
}
