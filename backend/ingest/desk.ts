import type { DocumentReport } from '../documents/parsing/parsed-document.ts';

/** What a document is called; what is left out is taken from its file or from what it replaces. */
export interface DocumentWish {
  title: string | undefined;
  author: string | undefined;
  dynasty: string | undefined;
  category: string | undefined;
  form: string | undefined;
  replaces: string | undefined;
  dryRun: boolean;
}

export interface DeskJob {
  id: string;
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  stage: string | null;
  done: number;
  total: number;
  remainingSeconds: number | null;
  error: string | null;
}

export interface DeskDocument {
  id: string;
  title: string;
  status: string;
  report: DocumentReport | null;
  error: string | null;
}

export interface DeskView {
  document: DeskDocument;
  /** Null where nothing is left to be done. */
  job: DeskJob | null;
}

export interface HandedIn extends DeskView {
  /** False when the same text is there already. */
  begun: boolean;
}

/** Where documents are handed in: a service that runs, or this very process. */
export interface Desk {
  hand(file: { path: string; name: string }, wish: DocumentWish): Promise<HandedIn>;
  job(id: string): Promise<DeskJob | null>;
  view(documentId: string): Promise<DeskView>;
  close(): Promise<void>;
}
