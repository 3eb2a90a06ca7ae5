import { isRefusalSentence, RefusedFile } from '../../corpus/uploads/refused-file.ts';
import type { Document } from './document.ts';

/** Whether a file was refused for good; the message then is for whoever chose it. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof RefusedFile;
}

/** Whether that is why a document failed: its file would be refused again. */
export function wasRefused({ status, error }: Pick<Document, 'status' | 'error'>): boolean {
  return status === 'failed' && error !== null && isRefusalSentence(error);
}
