/** One attempt at one version of a document. */
export interface Run {
  documentId: string;
  version: number;
  runId: string;
}

/** Somebody else works on the document now, or it is gone: whatever is left to do is not ours. */
export class Superseded extends Error {
  override name = 'Superseded';
}
