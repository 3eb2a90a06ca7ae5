import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.ts';
import { QUEUES_PATH, type QueuePass } from './queue-pass.ts';

/**
 * The dashboard writes styles into its page, which the site's policy forbids; it is allowed that on
 * its own path, and nothing else more.
 */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

export function queuePassRoute(pass: QueuePass, available: boolean): Route {
  return defineRoute({
    method: 'post',
    path: '/api/admin/queues/pass',
    summary: 'Lets this browser open the dashboard of the queues, by a cookie for its path',
    tag: 'administration',
    access: 'admin',
    data: z.object({
      url: z.string().nullable().describe('null where the queues are embedded: there is none'),
    }),
    handle: async ({ identity, response }) => {
      if (available) pass.issue(response, identity);
      return { url: available ? `${QUEUES_PATH}/` : null };
    },
  });
}

/** The pages of the dashboard, or one that says why there are none. */
export function createQueuePages(
  pass: QueuePass,
  open: ((basePath: string) => Promise<RequestHandler>) | undefined,
  limit: RequestHandler,
): Router {
  const router = Router();
  let dashboard: Promise<RequestHandler> | undefined;
  router.use(QUEUES_PATH, limit, async (request, response, next) => {
    response.set('Content-Security-Policy', POLICY);
    response.set('Cache-Control', 'no-store');
    if (!open) {
      response
        .status(404)
        .send(page('没有队列面板', '任务队列在本进程之内；连上 Redis 之后才有面板。'));
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.status(405).set('Allow', 'GET').send(page('只供查看', '任务请在后台的任务页处理。'));
    } else if (!(await pass.admits(request, response))) {
      response.status(401).send(page('请从后台进入', '通行证没有或已过期，请从任务页再打开一次。'));
    } else {
      // Loaded when somebody first looks.
      dashboard ??= open(QUEUES_PATH);
      (await dashboard)(request, response, next);
    }
  });
  return router;
}

function page(title: string, text: string): string {
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>
body{font:1rem/1.8 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1.5rem}
h1{font-size:1.25rem}</style><h1>${title}</h1><p>${text}</p>
<p><a href="/admin/jobs">去任务页</a></p></html>`;
}
