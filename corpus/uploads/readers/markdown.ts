import { lexer, type Token, type Tokens } from 'marked';
import { decodeText } from '../encoding/decode-text.ts';
import { firstLines, linesOf } from '../encoding/text-lines.ts';
import type { FileNames } from '../names/file-names.ts';
import { headLength, readMarkdownNames } from '../names/markdown-names.ts';
import { withoutNames } from '../names/own-names.ts';
import { chapterTitle, isTitle, type ReadContext } from '../read-context.ts';
import { RefusedFile } from '../refused-file.ts';
import { withoutContents } from '../structure/contents-filter.ts';
import { createHeadingPath } from '../structure/heading-path.ts';
import { explicitHeading, type FoundHeading, isTitleLike } from '../structure/headings.ts';
import type { ByteSource } from '../text-source.ts';

/** Characters that are understood together; then the next blank line ends the piece … */
const PIECE = 32_000;
/** … or, in a file without blank lines, whatever line comes. */
const LONGEST_PIECE = 400_000;
/** Shorter lines were broken on purpose. */
const VERSE_LINE = 18;

export async function readMarkdown(
  source: ByteSource,
  where: string | null,
  context: ReadContext,
): Promise<void> {
  const text = await decodeText(source, where);
  context.noteEncoding(text.encoding);
  const first = await firstLines(text.chunks(), where);
  const listless = withoutContents(withoutNames(context, readMarkdownNames(first)));
  const blocks = createBlockReader(listless.context);
  const head = headLength(first);
  let at = 0;
  let piece: string[] = [];
  let size = 0;
  let fenced = false;
  for await (const batch of linesOf(text.chunks(), where)) {
    for (const line of batch) {
      at += 1;
      if (at <= head) {
        if (line.trim() !== '---') context.log.note('文件头信息', line.trim());
        continue;
      }
      if (/^\s*(?:```|~~~)/u.test(line)) fenced = !fenced;
      piece.push(line);
      size += line.length + 1;
      if (size < PIECE || (size < LONGEST_PIECE && (fenced || line.trim() !== ''))) continue;
      blocks.read(piece.join('\n'));
      piece = [];
      size = 0;
      await context.sink.drain();
    }
  }
  blocks.read(piece.join('\n'));
  listless.end();
  await context.sink.drain();
}

/** What it says of itself, told before anybody reads it. */
export async function markdownNames(source: ByteSource): Promise<FileNames> {
  return readMarkdownNames(await firstLines((await decodeText(source, null)).chunks(), null));
}

function createBlockReader(context: ReadContext) {
  const { sink, log } = context;
  const path = createHeadingPath();

  function heading(found: FoundHeading): void {
    if (isTitle(context, found.title)) return;
    const title = chapterTitle(context, path.enter(found));
    sink.chapter({ title, author: null, dynasty: null, form: null });
  }

  function text(tokens: Token[] | undefined, raw: string): void {
    const plain = tokens ? plainText(tokens) : raw;
    for (const paragraph of unwrap(plain)) {
      const found = explicitHeading(paragraph);
      if (found) heading({ ...found, level: found.level + 6 });
      else if (paragraph !== '') sink.paragraph(paragraph, null);
    }
  }

  function block(token: Token): void {
    if (token.type === 'heading') {
      const title = plainText(token.tokens ?? []).trim();
      if (isTitleLike(title)) heading({ title, level: token.depth });
      else text(undefined, title);
    } else if (token.type === 'list') {
      for (const item of (token as Tokens.List).items)
        for (const inner of item.tokens) block(inner);
    } else if (token.type === 'blockquote') for (const inner of token.tokens ?? []) block(inner);
    else if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const row of [header, ...rows]) {
        text(
          undefined,
          row
            .map(({ tokens }) => plainText(tokens))
            .join(' ')
            .trim(),
        );
      }
    } else if (token.type === 'paragraph' || token.type === 'text') {
      text('tokens' in token ? token.tokens : undefined, token.raw);
    } else if (token.type === 'code') text(undefined, (token as Tokens.Code).text);
    else if (token.type === 'html') log.note('网页标签', token.raw.slice(0, 60));
  }

  return {
    read(markdown: string) {
      for (const token of tokensOf(markdown)) block(token);
    },
  };
}

function plainText(tokens: Token[]): string {
  let text = '';
  for (const token of tokens) {
    if (token.type === 'br') text += '\n';
    else if (token.type === 'image' || token.type === 'html') continue;
    else if ('tokens' in token && token.tokens) text += plainText(token.tokens);
    else text += 'text' in token && typeof token.text === 'string' ? token.text : '';
  }
  return unescapeHtml(text.replace(/\[\^[^\]]{1,12}\]/gu, ''));
}

function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** Lines broken by a margin are joined; short lines, and those that end a sentence, stay. */
function unwrap(text: string): string[] {
  const paragraphs: string[] = [];
  let goesOn = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (goesOn && line !== '') paragraphs.push((paragraphs.pop() ?? '') + line);
    else if (line !== '') paragraphs.push(line);
    goesOn = line.length >= VERSE_LINE && !/[。！？；…：」”』’）》!?.;:]$/u.test(line);
  }
  return paragraphs;
}

/** The lexer calls itself for each level; a text that drives it over the edge is no text. */
function tokensOf(markdown: string): Token[] {
  try {
    return lexer(markdown);
  } catch (error) {
    if (Object(error).name === 'RangeError') throw new RefusedFile('too_complex');
    throw error;
  }
}
