import { createHash } from 'node:crypto';
import type { ParsedBatch } from './parsing/parsed-document.ts';

/** The hash of all that readers see of a document, as it comes batch by batch. */
export interface ShownHash {
  add(batch: ParsedBatch): void;
  digest(): string;
}

export function createShownHash(): ShownHash {
  const passages = createHash('sha256');
  const chapters = createHash('sha256');
  let last = 0;
  return {
    add(batch) {
      const texts = batch.passages.map((each) =>
        JSON.stringify([each.id, each.chapterId, each.text, each.translation]),
      );
      passages.update(texts.join(''));
      for (const { ordinal, id, n, title, author, dynasty, skipped } of batch.chapters) {
        // It comes again when its counts have changed, which are not shown.
        if (ordinal <= last) continue;
        last = ordinal;
        chapters.update(JSON.stringify([id, n, title, author, dynasty, skipped]));
      }
    },
    digest: () => passages.update(chapters.digest('hex')).digest('hex'),
  };
}
