import type { Citation, Quote } from '../citations/citation.ts';
import { AI_LABEL, aigcField } from './ai-label.ts';
import type { Message } from './message.ts';
import type { Session, SessionMode } from './session.ts';

export interface MarkdownParts {
  /** Who is responsible for what the model writes. */
  producer: string;
  /** Where a passage can be read; undefined for one that the library has no more. */
  pageOf: (passageId: string) => string | undefined;
}

const MODES: Record<SessionMode, string> = {
  qa: '问答',
  explain: '精讲',
  translate: '翻译',
  socratic: '启发',
};

const beijing = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** Title, times and label; JSON is YAML too, and needs no quoting of its own. */
export function markdownHead(session: Session, exportedAt: Date, producer: string): string {
  const field = (name: string, value: unknown) => `${name}: ${JSON.stringify(value)}\n`;
  const { AIGC } = aigcField({ producer, id: session.id });
  return [
    '---\n',
    field('title', session.title),
    field('mode', MODES[session.mode]),
    field('created', session.createdAt.toISOString()),
    field('exported', exportedAt.toISOString()),
    field('AIGC', AIGC),
    '---\n\n',
    `# ${oneLine(session.title)}\n\n`,
    `> ${AI_LABEL.notice}\n`,
  ].join('');
}

export function markdownOf(message: Message, { pageOf }: MarkdownParts): string {
  const time = beijing.format(message.createdAt);
  if (message.role === 'user') return `\n## 问 · ${time}\n\n${quoted(message.content)}\n`;
  const parts = [`### 答（${AI_LABEL.mark}）`, belowAnswer(message.content), endingOf(message)];
  const { quotes } = message;
  const cited = citedIn(message);
  if (cited.length > 0) {
    parts.push('**引用**', cited.map((each) => citationLine(each, pageOf)).join('\n'));
  }
  if (quotes.length > 0) parts.push('**引文核对**', quotes.map(quoteLine).join('\n'));
  return `\n${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Only what the answer points at: the rest was found, but nothing was taken from it. */
function citedIn({ citations, content }: Message): Citation[] {
  return citations.filter(({ n }) => content.includes(`[${n}]`));
}

/** Headings of an answer rank below its own, or the outline of the file would lie. */
function belowAnswer(content: string): string {
  return content
    .trim()
    .replaceAll(/^ {0,3}(#{1,6})(?=\s)/gm, (_, marks: string) =>
      '#'.repeat(Math.min(6, marks.length + 3)),
    );
}

/** Why an answer is not whole, if it is not. */
function endingOf({ status, failure, truncated }: Message): string {
  if (status === 'streaming') return '（写到这里，还没有写完）';
  if (status === 'stopped') return '（学习者让它停在这里）';
  if (failure === 'content_rejected') return '（内容不合规范，没有给出）';
  if (status === 'failed') return '（没有写完就中断了）';
  return truncated ? '（到了长度上限，没有写完）' : '';
}

function citationLine(citation: Citation, pageOf: MarkdownParts['pageOf']): string {
  const { n, passageId, work, chapter, author, dynasty, text } = citation;
  const page = pageOf(passageId);
  const place = placeOf({ work, chapter });
  const by = [dynasty, author].filter(Boolean).join('·');
  const said = oneLine(text);
  return `- \\[${n}\\] ${page ? `[${place}](${page})` : place}${by ? `（${by}）` : ''}：${said}`;
}

function quoteLine({ text, verdict, work, chapter, found }: Quote): string {
  const place = work === null ? '' : placeOf({ work, chapter });
  const quote = `- 「${oneLine(text)}」`;
  if (verdict === 'exact') return `${quote}✓ 与原典相合：${place}`;
  if (verdict === 'unknown') return `${quote}？未见于书库`;
  return `${quote}≈ 异文：${place}作「${oneLine(found ?? '')}」`;
}

function placeOf({ work, chapter }: { work: string; chapter: string | null }): string {
  return chapter ? `《${work}·${chapter}》` : `《${work}》`;
}

function quoted(text: string): string {
  return text
    .trim()
    .split(/\r\n?|\n/)
    .map((line) => `> ${asText(line)}`.trimEnd())
    .join('\n');
}

function oneLine(text: string): string {
  return asText(text.replaceAll(/\s+/g, ' ').trim());
}

/** What a learner typed is text, whoever opens the file in what. */
function asText(text: string): string {
  return text.replaceAll(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
