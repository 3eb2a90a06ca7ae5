import { memo, useMemo } from 'react';
import Markdown, { type Components } from 'react-markdown';
import type { Message } from '../api/types.ts';
import { useConvert } from '../script/use-convert.ts';
import { annotateMarkdown } from './annotate-markdown.ts';
import { annotationsOf } from './annotate-text.ts';
import { CitationMark } from './citation-mark.tsx';
import { markdownTables } from './markdown-tables.ts';
import { mendEmphasis, withoutHalfMarker } from './prepare-markdown.ts';
import { QuoteMark } from './quote-mark.tsx';

/** Pictures would come from elsewhere; an answer has none. */
const DISALLOWED = ['img'];

/** The page and the conversation have the headings above these. */
const HEADINGS = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6' } as const;

interface MarkProps {
  'data-n'?: unknown;
  'data-index'?: unknown;
}

/** The text of an answer. Raw HTML in it is shown as text, never interpreted. */
export const AnswerMarkdown = memo(function AnswerMarkdown({ message }: { message: Message }) {
  const convert = useConvert();
  const { citations, quotes, status } = message;
  const plugins = useMemo(
    () => [markdownTables, annotateMarkdown(annotationsOf({ citations, quotes }), convert)],
    [citations, quotes, convert],
  );
  const components = useMemo<Components>(
    () => ({
      ...HEADINGS,
      sup: (props) => {
        const n = Number((props as MarkProps)['data-n']);
        const citation = citations.find((candidate) => candidate.n === n);
        return citation ? <CitationMark citation={citation} /> : null;
      },
      q: (props) => {
        const quote = quotes[Number((props as MarkProps)['data-index'])];
        return quote ? <QuoteMark quote={quote}>{props.children}</QuoteMark> : null;
      },
      a: (props) =>
        // Emptied where following it would run something.
        props.href ? (
          <a href={props.href} target="_blank" rel="noopener noreferrer nofollow">
            {props.children}
          </a>
        ) : (
          props.children
        ),
    }),
    [citations, quotes],
  );
  const markdown = mendEmphasis(
    status === 'streaming' ? withoutHalfMarker(message.content) : message.content,
  );
  return (
    <div className="prose">
      <Markdown rehypePlugins={plugins} components={components} disallowedElements={DISALLOWED}>
        {markdown}
      </Markdown>
    </div>
  );
});
