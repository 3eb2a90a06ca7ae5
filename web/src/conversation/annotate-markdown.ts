import type { Element, ElementContent, Root, RootContent } from 'hast';
import { type Annotations, annotateText, type Segment } from './annotate-text.ts';
import { withoutZeroWidth } from './prepare-markdown.ts';

type Show = (text: string) => string;

const UNTOUCHED = new Set(['code', 'pre', 'a']);

/**
 * The elements `answer-markdown.tsx` draws itself. Plain Markdown yields neither <sup> nor <q>, so
 * meeting one means that it was made here.
 */
function toElement(segment: Segment, show: Show): ElementContent {
  if (segment.kind === 'text') return { type: 'text', value: show(segment.text) };
  if (segment.kind === 'citation') {
    return { type: 'element', tagName: 'sup', properties: { dataN: segment.n }, children: [] };
  }
  return {
    type: 'element',
    tagName: 'q',
    properties: { dataIndex: segment.index },
    children: segment.parts.map((part) => toElement(part, show)),
  };
}

function annotateChildren(parent: Root | Element, annotations: Annotations, show: Show): void {
  const children: (RootContent | ElementContent)[] = [];
  for (const child of parent.children) {
    if (child.type === 'text') {
      const segments = annotateText(withoutZeroWidth(child.value), annotations);
      children.push(...segments.map((segment) => toElement(segment, show)));
      continue;
    }
    if (child.type === 'element' && !UNTOUCHED.has(child.tagName)) {
      annotateChildren(child, annotations, show);
    }
    children.push(child);
  }
  parent.children = children as typeof parent.children;
}

/**
 * A rehype plugin that marks citations and judged quotations in the text of an answer. Quotations
 * are found in the text as it was written; only then `show` turns it into the reader's script.
 */
export function annotateMarkdown(annotations: Annotations, show: Show) {
  return () => (tree: Root) => annotateChildren(tree, annotations, show);
}
