import type { Element, ElementContent, Root } from 'hast';
import { markdownTables } from '../../../web/src/conversation/markdown-tables.ts';

const paragraph = (...children: (string | Element)[]): Element => ({
  ...{ type: 'element', tagName: 'p', properties: {} },
  children: children.map((child) =>
    typeof child === 'string' ? { type: 'text', value: child } : child,
  ),
});
const strong = (text: string): Element => ({ ...paragraph(text), tagName: 'strong' });

/** A tree in one line: (tag …). */
function shape(node: ElementContent | Root['children'][number]): string {
  if (node.type === 'text') return node.value.replaceAll('\n', '⏎');
  if (node.type !== 'element') return '';
  return `(${node.tagName} ${node.children.map(shape).join('')})`;
}

function shapesOf(...children: Element[]): string[] {
  const tree: Root = { type: 'root', children };
  markdownTables()(tree);
  return tree.children.map(shape);
}

describe('lines with bars', () => {
  it('become a table, with what stands in its cells and around it', () => {
    const text = ['两家之别：\n| 家 | 主张 |\n|:--|---|\n| 儒 | ', '仁', ' |\n| 道 |\n以上。'];
    expect(shapesOf(paragraph(text[0] ?? '', strong('仁'), text[2] ?? ''))).toEqual([
      '(p 两家之别：)',
      '(div (table (thead (tr (th  家 )(th  主张 )))(tbody (tr (td  儒 )(td  (strong 仁) ))(tr (td  道 )(td )))))',
      '(p 以上。)',
    ]);
  });

  it('stay as they are without a rule of as many columns, and while the rule is being written', () => {
    for (const text of [
      '甲 | 乙',
      '| 甲 | 乙 |\n|--',
      '| 甲 | 乙 |\n|---|',
      '甲\n---',
      '|---|---|',
    ]) {
      expect(shapesOf(paragraph(text))).toEqual([`(p ${text.replaceAll('\n', '⏎')})`]);
    }
  });

  it('are found inside quotations and lists, too', () => {
    const quote: Element = { ...paragraph(), tagName: 'blockquote' };
    quote.children = [paragraph('甲 | 乙\n--- | ---\n1 | 2')];
    expect(shapesOf(quote)[0]).toMatch(/^\(blockquote \(div \(table /);
  });
});
