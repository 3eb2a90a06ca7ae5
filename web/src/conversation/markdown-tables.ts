import type { Element, ElementContent, Root, RootContent } from 'hast';

type Nodes = ElementContent[];

const DELIMITER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function element(
  tagName: string,
  children: Nodes,
  properties: Element['properties'] = {},
): Element {
  return { type: 'element', tagName, properties, children };
}

/** Cuts a run of nodes wherever its own text, not that of what stands in it, has the mark. */
function cut(nodes: readonly ElementContent[], mark: string): Nodes[] {
  const parts: Nodes[] = [[]];
  for (const node of nodes) {
    if (node.type !== 'text') {
      if (node.type !== 'element' || node.tagName !== 'br') parts.at(-1)?.push(node);
      continue;
    }
    node.value.split(mark).forEach((value, at) => {
      if (at > 0) parts.push([]);
      if (value !== '') parts.at(-1)?.push({ type: 'text', value });
    });
  }
  return parts;
}

const isBlank = (nodes: Nodes) =>
  nodes.every((node) => node.type === 'text' && node.value.trim() === '');

function cellsOf(line: Nodes): Nodes[] {
  const cells = cut(line, '|');
  if (isBlank(cells[0] ?? [])) cells.shift();
  if (isBlank(cells.at(-1) ?? [])) cells.pop();
  return cells;
}

const hasBar = (line: Nodes) => line.some((node) => node.type === 'text' && /\|/.test(node.value));

function isDelimiter(line: Nodes): boolean {
  const text = line.map((node) => (node.type === 'text' ? node.value : 'x')).join('');
  return text.includes('|') && DELIMITER.test(text);
}

function rowOf(line: Nodes, columns: number, tagName: 'th' | 'td'): Element {
  const cells = cellsOf(line);
  const scope = tagName === 'th' ? { scope: 'col' } : {};
  return element(
    'tr',
    Array.from({ length: columns }, (_, at) => element(tagName, cells[at] ?? [], scope)),
  );
}

function asTable(paragraph: Element): Element[] {
  const lines = cut(paragraph.children, '\n');
  const ruled = lines.findIndex(
    (line, at) =>
      at > 0 && isDelimiter(line) && cellsOf(line).length === cellsOf(lines[at - 1] ?? []).length,
  );
  const head = lines[ruled - 1];
  if (ruled === -1 || head === undefined) return [paragraph];
  const columns = cellsOf(head).length;
  const after = lines.slice(ruled + 1);
  const end = after.findIndex((line) => !hasBar(line));
  const rows = (end === -1 ? after : after.slice(0, end)).map((line) => rowOf(line, columns, 'td'));
  const rest = end === -1 ? [] : after.slice(end);
  return [
    ...paragraphOf(lines.slice(0, ruled - 1)),
    element(
      'div',
      [
        element('table', [
          element('thead', [rowOf(head, columns, 'th')]),
          ...(rows.length > 0 ? [element('tbody', rows)] : []),
        ]),
      ],
      { className: ['table-frame'], tabIndex: 0 },
    ),
    ...paragraphOf(rest),
  ];
}

function paragraphOf(lines: Nodes[]): Element[] {
  const children = lines.flatMap((line, at) =>
    at === 0 ? line : [{ type: 'text' as const, value: '\n' }, ...line],
  );
  return isBlank(children) ? [] : [element('p', children)];
}

/** A rehype plugin: CommonMark has no tables, so one arrives as a paragraph of lines with bars. */
export function markdownTables() {
  const within = (parent: Root | Element): void => {
    const children = (parent.children as (RootContent | ElementContent)[]).flatMap<
      RootContent | ElementContent
    >((child) => {
      if (child.type !== 'element') return [child];
      if (child.tagName === 'p') return asTable(child);
      within(child);
      return [child];
    });
    parent.children = children as typeof parent.children;
  };
  return (tree: Root) => within(tree);
}
