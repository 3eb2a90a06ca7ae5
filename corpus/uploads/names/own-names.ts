import { chapterTitle, isTitle, type ReadContext, sameName } from '../read-context.ts';
import { readByline } from '../structure/headings.ts';
import type { Heading } from '../text-sink.ts';
import { type FileNames, readLabel } from './file-names.ts';

/**
 * The context of a file that has a title of its own. Text before its first heading is a chapter of that
 * name; among several files it stands before all their titles.
 */
export function underTitle(context: ReadContext, title: string | null): ReadContext {
  if (title === null || sameName(title, context.workTitle)) return context;
  const { sink, alone } = context;
  const prefix = alone ? context.prefix : [...context.prefix, title];
  const named = { ...context, prefix, untitled: title };
  let begun = false;
  const chapter = (heading: Heading) => {
    begun = true;
    sink.chapter(heading);
  };
  const paragraph = (text: string, translation: string | null) => {
    const unknown = { author: null, dynasty: null, form: null };
    if (!begun) chapter({ title: chapterTitle(named, []), ...unknown });
    sink.paragraph(text, translation);
  };
  return { ...named, ownTitle: alone ? title : null, sink: { ...sink, chapter, paragraph } };
}

/** The same, and leaves out the paragraphs at the beginning that only say title and author. */
export function withoutNames(context: ReadContext, names: FileNames): ReadContext {
  const titled = underTitle(context, names.title);
  const { sink, log } = titled;
  let begun = false;
  const saysNames = (text: string) =>
    readLabel(text) !== null ||
    isTitle(titled, text) ||
    (names.author !== null && readByline(text)?.author === names.author);
  return {
    ...titled,
    sink: {
      ...sink,
      chapter(heading) {
        begun = true;
        sink.chapter(heading);
      },
      paragraph(text, translation) {
        if (!begun && saysNames(text)) {
          log.note('书名、作者行', text);
          return;
        }
        begun = true;
        sink.paragraph(text, translation);
      },
    },
  };
}
