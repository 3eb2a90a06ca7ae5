import type { RefusalReason } from '../../../corpus/uploads/refused-file.ts';
import type { DocumentReport, ParsedBatch } from './parsed-document.ts';

/** What the thread says. After `batch` it waits for an answer, so that batches never pile up. */
export type ThreadMessage =
  | { kind: 'batch'; batch: ParsedBatch }
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'done'; report: DocumentReport }
  | { kind: 'refused'; reason: RefusalReason; message: string };

/** The answer. */
export interface BatchTaken {
  kind: 'taken';
}
