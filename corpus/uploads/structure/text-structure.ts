import { chapterTitle, isTitle, type ReadContext } from '../read-context.ts';
import { createHeadingPath } from './heading-path.ts';
import {
  couldBeHeading,
  DYNASTY,
  explicitHeading,
  hasPunctuation,
  readByline,
} from './headings.ts';
import { createJoinedLines } from './joined-lines.ts';
import { endsOpen, isIndented, type TextProfile } from './text-profile.ts';

/** Turns lines into chapters and paragraphs. */
export interface TextStructure {
  line(raw: string): void;
  end(): void;
}

/** So many short bare lines in a row are a text of their own, not a title with a name. */
const MOST_BARE_LINES = 3;

export function createTextStructure(context: ReadContext, profile: TextProfile): TextStructure {
  const { sink, log } = context;
  const path = createHeadingPath();
  const paragraph = createJoinedLines();
  let afterBlank = true;
  /** Lines that are a heading if what follows is text; whether each stood after a blank line. */
  let bare: { line: string; apart: boolean }[] = [];
  /** The names of a chapter that begins with the next line, unless that says who wrote it. */
  let opened: string[] | null = null;

  function flush(): void {
    const text = paragraph.take();
    if (text !== '') sink.paragraph(text, null);
  }

  function startChapter(title: string[], byline: ReturnType<typeof readByline> = null): void {
    flush();
    const { author, dynasty } = byline ?? { author: null, dynasty: null };
    sink.chapter({ title: chapterTitle(context, title), author, dynasty, form: null });
  }

  /** Whether the line is the name under a title. */
  function open(line: string): boolean {
    if (!opened) return false;
    const byline = readByline(line);
    const known = byline?.dynasty && DYNASTY.test(byline.dynasty) ? byline : null;
    startChapter(opened, known);
    opened = null;
    return known !== null;
  }

  /** What follows decides what the bare lines before it were. */
  function settleBare(nextIsText: boolean): void {
    const lines = bare;
    bare = [];
    const [first, second] = lines;
    if (!first) return;
    const byline = second && lines.length === 2 ? readByline(second.line) : null;
    if (nextIsText && first.apart && (lines.length === 1 || byline)) {
      if (isTitle(context, first.line)) log.note('书名行', first.line);
      else startChapter([...path.enter({ title: first.line, level: 3 })], byline);
    } else for (const { line } of lines) addLine(line, false);
  }

  function addLine(line: string, indented: boolean): void {
    const continues =
      !afterBlank &&
      (profile.layout === 'wrapped'
        ? paragraph.last.length >= profile.width - 4 || endsOpen(paragraph.last)
        : profile.layout === 'indented' && !indented);
    if (!continues || paragraph.isFull()) flush();
    paragraph.add(line);
  }

  return {
    line(raw) {
      const line = raw.trim();
      if (line === '') {
        afterBlank = true;
        return;
      }
      const indented = isIndented(raw);
      const heading = explicitHeading(line);
      if (open(line)) {
        afterBlank = true;
        return;
      }
      if (heading) {
        settleBare(false);
        flush();
        if (isTitle(context, heading.title)) log.note('书名行', line);
        else opened = path.enter(heading);
      } else {
        const apart =
          afterBlank || (profile.layout === 'indented' && !indented && !endsOpen(paragraph.last));
        const held = bare.length > 0 && bare.length < MOST_BARE_LINES;
        if (profile.punctuated && couldBeHeading(line) && (apart || held)) {
          bare.push({ line, apart });
        } else {
          settleBare(hasPunctuation(line));
          addLine(line, indented);
        }
      }
      afterBlank = false;
    },
    end() {
      open('');
      settleBare(false);
      flush();
    },
  };
}
