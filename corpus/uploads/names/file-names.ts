import { readByline } from '../structure/headings.ts';

/** What a file says of itself: how the work is called, by whom it is, and of what time. */
export interface FileNames {
  title: string | null;
  author: string | null;
  dynasty: string | null;
}

export const NO_NAMES: FileNames = { title: null, author: null, dynasty: null };

export type NameKind = keyof FileNames;

const LABELS: [NameKind, RegExp][] = [
  ['title', labelled('书名|書名|标题|標題|题名|題名|篇名|title')],
  ['author', labelled('作者|著者|撰者|author|creator')],
  ['dynasty', labelled('朝代|年代|时代|時代|dynasty')],
];
const LONGEST: Record<NameKind, number> = { title: 100, author: 100, dynasty: 40 };
/** What programs and people put where there is nothing to say. */
const SAYS_NOTHING = /^(?:未命名|无标题|無標題|新建|未知|不详|不詳|文档\s*\d*$|文件\s*\d*$)/u;

function labelled(names: string): RegExp {
  return new RegExp(`^[【〔［[]?(?:${names})[】〕］\\]]?\\s*[:：]\\s*(?=\\S)`, 'iu');
}

/** 「书名：…」, 「作者：…」, 「朝代：…」. */
export function readLabel(line: string): { kind: NameKind; value: string } | null {
  if (line.length > 80 || /[。！？；]/u.test(line)) return null;
  for (const [kind, label] of LABELS) {
    if (label.test(line)) return { kind, value: line.replace(label, '') };
  }
  return null;
}

/** Names as they can be shown; one without a Chinese character is some program's. */
export function tidyNames(found: Partial<FileNames>): FileNames {
  const author = tidy(found.author, 'author');
  const byline = author === null ? null : readByline(author);
  return {
    title: tidy(found.title, 'title'),
    author: byline?.author ?? author,
    dynasty: tidy(found.dynasty, 'dynasty') ?? byline?.dynasty ?? null,
  };
}

function tidy(found: string | null | undefined, kind: NameKind): string | null {
  const name = (found ?? '')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^["'《](.+)["'》]$/u, '$1');
  if (!/\p{Script=Han}/u.test(name) || SAYS_NOTHING.test(name)) return null;
  return name.length > LONGEST[kind] ? null : name;
}
