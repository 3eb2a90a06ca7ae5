import { TITLE_LEVEL } from '../readers/docx-styles.ts';
import { visitXml } from '../readers/xml-stream.ts';
import { isTitleLike } from '../structure/headings.ts';
import { type FileNames, tidyNames } from './file-names.ts';
import { readFrontLines } from './front-lines.ts';

/** A paragraph, and how deep a heading its style makes it. */
export interface FirstLine {
  text: string;
  level: number | null;
}

/**
 * What a Word document says of itself: the one paragraph in the style of titles, the lines around it,
 * else its properties. Their author is whoever had the computer, not who wrote the work.
 */
export function readDocxNames(lines: readonly FirstLine[], properties: string | null): FileNames {
  const titles = lines.filter(({ text, level }) => level === TITLE_LEVEL && isTitleLike(text));
  const title = titles.length === 1 ? (titles[0]?.text ?? null) : null;
  const plain = lines.map(({ text, level }) => (level ? `${'#'.repeat(level)} ${text}` : text));
  const { names } = readFrontLines(plain, title);
  return tidyNames({ ...names, title: title ?? names.title ?? titleIn(properties) });
}

function titleIn(properties: string | null): string {
  let title = '';
  let inTitle = false;
  visitXml(properties ?? '', {
    open(name) {
      inTitle = name === 'dc:title';
    },
    text(text) {
      if (inTitle) title += text;
    },
    close() {
      inTitle = false;
    },
  });
  return title;
}
