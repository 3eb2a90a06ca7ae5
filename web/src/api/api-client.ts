import type { SignedIn } from './types.ts';

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A blob or a form goes as it is, anything else as JSON. */
  body?: unknown;
  /** Told how much of the body has left, 0 to 1. */
  onSent?: (share: number) => void;
  idempotencyKey?: string;
  accept?: string;
  signal?: AbortSignal;
}

export interface ApiClient {
  /** The reply's `data`. */
  call<Data>(path: string, options?: CallOptions): Promise<Data>;
  /** The reply itself, once it is known to be a success. */
  open(path: string, options?: CallOptions): Promise<Response>;
  /** Exchanges the refresh token now; false when there is none or it is no longer accepted. */
  refresh(): Promise<boolean>;
}

/** What only the account needs: calls that decide who is signed in. */
export interface LoginClient extends ApiClient {
  /** Asks for a login, one tab at a time; null where `wanted` says no once it is this tab's turn. */
  logIn(path: string, body: object, wanted?: () => boolean): Promise<SignedIn | null>;
  logOut(): Promise<void>;
}
