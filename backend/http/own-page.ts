import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const HEADER = 'x-guoxue-client';

/** Whether the caller is the web page of this site; `ownPageGuard` has seen to it that it is true. */
export function isOwnPage(request: Request): boolean {
  return request.get(HEADER) === 'web';
}

/**
 * Our page marks its calls with a header that no form can send and that CORS lets no foreign page
 * send; who does so although the browser says that he calls from elsewhere is refused before
 * anything happens. Cookies count only beside that header (OWASP CSRF cheat sheet: custom request
 * headers, origin and Fetch Metadata).
 */
export function ownPageGuard(publicUrl: string): RequestHandler {
  const site = new URL(publicUrl).origin;
  return (request, _response, next) => {
    if (!isOwnPage(request)) return next();
    const origin = request.get('origin') ?? site;
    // A site may be reached by several names, and a proxy may speak TLS for it.
    const here = URL.canParse(origin) && new URL(origin).host === request.get('host');
    const fetchSite = request.get('sec-fetch-site') ?? 'same-origin';
    if ((origin === site || here) && fetchSite === 'same-origin') return next();
    throw new AppError(403, 'forbidden', '这个请求不是本站页面发出的。');
  };
}
