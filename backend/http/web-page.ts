import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { Router } from 'express';
import { AppError } from '../errors.ts';

/** The built page; addresses it routes by itself get its `index.html`. */
export function createWebPage(directory: string): Router {
  const router = Router();
  if (!existsSync(path.join(directory, 'index.html'))) return router;
  const assets = express.static(path.join(directory, 'assets'), { immutable: true, maxAge: '1y' });
  router.use('/assets', assets, (_request, _response, next) => {
    next(new AppError(404, 'not_found', '没有这个文件。'));
  });
  router.use(express.static(directory, { index: false, maxAge: '1h' }));
  router.use((request, response, next) => {
    const page = request.method === 'GET' && request.accepts(['html', 'json']) === 'html';
    if (!page) return next();
    response.set('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: directory });
  });
  return router;
}
