import { createIrregularityLog } from './irregularities.ts';
import type { SourceWork } from './source-work.ts';
import { type DraftChapter, withUniqueTitles } from './unique-titles.ts';

/**
 * A work written as plain text: `# ` starts a chapter, blank lines part paragraphs, and lines that
 * follow each other are one paragraph broken for the eye. What stands before the first heading is a
 * chapter named after the work.
 */
export function parseTextWork(text: string, title: string, slug: string): SourceWork {
  const log = createIrregularityLog();
  const drafts: DraftChapter[] = [startChapter(title)];
  let paragraphOpen = false;
  for (const raw of text.split(/\r\n?|\n/u)) {
    const line = raw.trim();
    const heading = /^#\s+(.+)$/u.exec(line)?.[1];
    const paragraphs = drafts.at(-1)?.paragraphs ?? [];
    if (heading !== undefined) drafts.push(startChapter(heading.trim()));
    else if (line !== '' && paragraphOpen) paragraphs.push((paragraphs.pop() ?? '') + line);
    else if (line !== '') paragraphs.push(line);
    paragraphOpen = line !== '' && heading === undefined;
  }
  const chapters = drafts.filter((draft, index) => {
    if (draft.paragraphs.length === 0 && index > 0) log.note('无正文', draft.title);
    return draft.paragraphs.length > 0;
  });
  return {
    slug,
    title,
    author: null,
    dynasty: null,
    category: '自备',
    aliases: [],
    chapters: withUniqueTitles(chapters),
    irregularities: log.list(),
  };
}

function startChapter(title: string): DraftChapter {
  return {
    title,
    author: null,
    dynasty: null,
    form: 'prose',
    paragraphs: [],
    distinctions: [],
  };
}
