import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Express, RequestHandler } from 'express';
import type { BullJobQueue } from './bull-job-queue.ts';

type Render = (file: string, values: object, done: (error: unknown, html?: string) => void) => void;

/** Bull's own view of its queues, to look at only: what is done to a job is done to its row. */
export function createBullDashboard(
  queues: readonly BullJobQueue[],
  basePath: string,
): RequestHandler {
  const server = new ExpressAdapter();
  server.setBasePath(basePath);
  createBullBoard({
    queues: queues.map(({ bull }) => {
      const adapter = new BullAdapter(bull, { readOnlyMode: true });
      adapter.setFormatter('name', ({ data }) => data?.kind ?? 'job');
      return adapter;
    }),
    serverAdapter: server,
    options: { uiConfig: { boardTitle: '国学导师 · 队列' } },
  });
  const app: Express = server.getRouter();
  withoutForeignFonts(app);
  return app;
}

/** The page asks another site for its fonts, which would learn who administers this one. */
function withoutForeignFonts(app: Express): void {
  const { engines } = app as unknown as { engines: Record<string, Render> };
  const render = engines['.ejs'];
  if (!render) return;
  app.engine('ejs', (file, values, done) => {
    render(file, values, (error, html) => {
      done(error, html?.replaceAll(/<link href="https:[^>]*>/g, ''));
    });
  });
}
