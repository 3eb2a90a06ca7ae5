export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
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
