import type { ReadContext } from '../read-context.ts';
import type { Heading } from '../text-sink.ts';
import { isContentsHeading, isEntryLike, keyOf } from './contents-list.ts';

type Held = { heading: Heading } | { text: string; translation: string | null };

/** What may stand between a list and the first heading of it that comes again: a preface. */
const LONGEST_BETWEEN = 20_000;
const MOST_ENTRIES = 5_000;
const FEWEST_ENTRIES = 2;

interface List {
  held: Held[];
  /** Where each entry is held. */
  entries: Map<string, number>;
  /** The first that is no entry; what follows is held back until one comes again. */
  end: number | null;
  /** Characters behind the list. */
  between: number;
}

/**
 * Leaves out a table of contents of a text that comes in headings and paragraphs: a list under 「目录」 of
 * which an entry comes again soon. Another list is a catalogue, and text. `end` must be called last.
 */
export function withoutContents(context: ReadContext): { context: ReadContext; end(): void } {
  const { sink, log } = context;
  let list: List | null = null;

  function pass(each: Held): void {
    if ('heading' in each) sink.chapter(each.heading);
    else sink.paragraph(each.text, each.translation);
  }

  function release(): void {
    const held = list?.held ?? [];
    list = null;
    for (const each of held) pass(each);
  }

  /** All up to the last entry; a heading right before the text that follows is that text's own. */
  function leaveOut({ held, entries, end }: List): void {
    const last = Math.max(...entries.values());
    const isHeading = end !== null && last === end - 1 && 'heading' in (held[last] ?? {});
    const from = isHeading ? last : last + 1;
    for (const each of held.slice(0, from)) log.note('目录', nameOf(each).trim());
    list = null;
    for (const each of held.slice(from)) pass(each);
  }

  function enlist(open: List, each: Held): void {
    const lines = linesOf(each);
    if (open.end === null && lines.every(isEntryLike) && open.entries.size < MOST_ENTRIES) {
      for (const line of lines) open.entries.set(keyOf(line), open.held.length);
    } else {
      open.end ??= open.held.length;
      open.between += nameOf(each).length;
    }
    open.held.push(each);
    if (open.between > LONGEST_BETWEEN) release();
  }

  function take(each: Held): void {
    if (list && list.entries.size >= FEWEST_ENTRIES && comesAgain(list, each)) leaveOut(list);
    const begins = isContentsHeading(lastPart(nameOf(each)));
    if (begins) release();
    if (begins) list = { held: [each], entries: new Map(), end: null, between: 0 };
    else if (list) enlist(list, each);
    else pass(each);
  }

  return {
    context: {
      ...context,
      sink: {
        ...sink,
        chapter: (heading) => take({ heading }),
        paragraph: (text, translation) => take({ text, translation }),
      },
    },
    end: release,
  };
}

function nameOf(each: Held): string {
  return 'heading' in each ? each.heading.title : each.text;
}

/** Of a heading its own name, without those it stands under. */
function lastPart(title: string): string {
  return title.slice(title.lastIndexOf('·') + 1);
}

function linesOf(each: Held): string[] {
  if ('heading' in each) return [lastPart(each.heading.title)];
  return each.text.split('\n').filter((line) => line.trim() !== '');
}

/** Also under the names of what it stands in, or without: 「卷一·第一回」. */
function comesAgain({ entries }: List, each: Held): boolean {
  if (!('heading' in each)) return entries.has(keyOf(each.text.trim()));
  const parts = each.heading.title.split('·');
  return parts.some((_, at) => entries.has(keyOf(parts.slice(at).join('·'))));
}
