import { LONGEST_LINE } from '../limits.ts';
import { RefusedFile } from '../refused-file.ts';

/** Collects the runs of text a paragraph is made of. */
export interface ParagraphBuilder {
  add(text: string): void;
  /** The paragraph, its spaces made plain, and an empty one begins. */
  take(): string;
}

export function createParagraphBuilder(where: string | null): ParagraphBuilder {
  let parts: string[] = [];
  let length = 0;
  return {
    add(text) {
      parts.push(text);
      length += text.length;
      if (length > LONGEST_LINE) throw new RefusedFile('line_too_long', where);
    },
    take() {
      const text = parts.join('');
      parts = [];
      length = 0;
      return text
        .replace(/[^\S\n]+/gu, ' ')
        .replace(/ ?\n ?/gu, '\n')
        .replace(
          /(?<=[\p{Script=Han}。，、；：？！」』”’》）]) (?=[\p{Script=Han}「『“‘《（])/gu,
          '　',
        )
        .trim();
    },
  };
}
