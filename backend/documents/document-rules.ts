import { AppError } from '../errors.ts';
import { type Document, isBusy } from './document.ts';

export function notThere(): never {
  throw new AppError(404, 'not_found', '没有这份文献。');
}

export function requireIdle(document: Document): Document {
  if (isBusy(document)) throw conflict('这份文献正在处理，请等它结束，或者先取消任务。');
  return document;
}

export function conflict(message: string): AppError {
  return new AppError(409, 'conflict', message);
}
