/** The part of the package that is used here; it has no types of its own. */
declare module 'wechat-oauth' {
  /** Replies are what the other side said, whatever it was: to be checked before use. */
  type Callback = (error: unknown, reply?: unknown) => void;

  class OAuth {
    constructor(
      appId: string,
      secret: string,
      getToken: (openid: string, callback: (error: null, token: unknown) => void) => void,
      saveToken: (openid: string, token: unknown, callback: (error: null) => void) => void,
      isMiniProgram: boolean,
    );
    /** Every call to WeChat goes through this. */
    request(url: string, options: { data: Record<string, string> }, callback: Callback): void;
    /** Both answer with `{data}`. */
    getAccessToken(code: string, callback: Callback): void;
    getSessionKey(code: string, callback: Callback): void;
    getUser(options: { openid: string; lang: string }, callback: Callback): void;
    getAuthorizeURLForWebsite(redirect: string, state: string): string;
  }

  export = OAuth;
}
