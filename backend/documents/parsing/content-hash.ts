import { createHash } from 'node:crypto';

/**
 * The hash of what is shown of a text that comes in pieces: its headings, its words as they are written,
 * its translations. Where it was cut and how its lines were broken makes no difference.
 */
export interface ContentHash {
  chapter(names: readonly (string | null)[]): void;
  passage(text: string, translation: string | null): void;
  digest(): string;
}

/** Characters that are hashed at once: a call costs more than a passage. */
const PIECE = 16_384;

export function createContentHash(): ContentHash {
  const hash = createHash('sha256');
  let pieces: string[] = [];
  let length = 0;
  const flush = () => {
    hash.update(pieces.join(''));
    pieces = [];
    length = 0;
  };
  const add = (piece: string) => {
    pieces.push(piece);
    length += piece.length;
    if (length >= PIECE) flush();
  };
  return {
    chapter(names) {
      add(`\n${JSON.stringify(names)}\n`);
    },
    passage(text, translation) {
      add(withoutSpace(text));
      // Nothing but these has an end of line any more.
      if (translation !== null) add(`\n${withoutSpace(translation)}\n`);
    },
    digest() {
      flush();
      return hash.digest('hex');
    },
  };
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}
