/** A call to WeChat that did not do what it was to do. Holds nothing of what was sent. */
export class WechatPayError extends Error {
  /** As WeChat calls it; of our own: `UNREACHABLE`, `BAD_SIGNATURE`, `UNREADABLE`. */
  readonly code: string;
  readonly status: number | undefined;

  constructor(code: string, what: string, options: { status?: number; cause?: unknown } = {}) {
    super(`${what}: ${code}`, { cause: options.cause });
    this.name = 'WechatPayError';
    this.code = code;
    this.status = options.status;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is WechatPayError {
  return error instanceof WechatPayError && codes.includes(error.code);
}
