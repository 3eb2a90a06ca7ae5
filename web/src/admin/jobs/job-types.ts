export interface Job {
  id: string;
  kind: string;
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  stage: string | null;
  done: number;
  total: number;
  remainingSeconds: number | null;
  attempts: number;
  maxAttempts: number;
  cancelling: boolean;
  documentId: string | null;
  /** Only in lists; null where the document is gone. */
  documentTitle?: string | null;
  error: string | null;
  result: unknown;
  revision: number;
  createdAt: string;
  dueAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export function isOver({ status }: Pick<Job, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}
