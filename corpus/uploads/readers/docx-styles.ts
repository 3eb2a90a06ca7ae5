import { visitXml } from './xml-stream.ts';

interface Style {
  name: string;
  basedOn: string | null;
  outline: number | null;
}

/** Of the style that is for what the whole is called. */
export const TITLE_LEVEL = 0;

/** How deep the heading stands that a style is for; by its outline level, its name, or the style it is based on. */
export function headingStyles(xml: string | null): Map<string, number> {
  const styles = new Map<string, Style>();
  let current: Style | null = null;
  visitXml(xml ?? '', {
    open(name, attributes) {
      const value = attributes['w:val'] ?? '';
      if (name === 'w:style') {
        current = { name: '', basedOn: null, outline: null };
        styles.set(attributes['w:styleId'] ?? '', current);
      } else if (!current) return;
      else if (name === 'w:name') current.name = value;
      else if (name === 'w:basedOn') current.basedOn = value;
      else if (name === 'w:outlineLvl') current.outline = Number(value);
    },
    close(name) {
      if (name === 'w:style') current = null;
    },
  });
  const levels = new Map<string, number>();
  for (const id of styles.keys()) {
    const level = levelOf(styles, id);
    if (level !== null) levels.set(id, level);
  }
  return levels;
}

/** Styles are based on each other a few times at most; a circle ends here too. */
const LONGEST_DESCENT = 10;

function levelOf(styles: Map<string, Style>, id: string): number | null {
  let style = styles.get(id);
  for (let step = 0; style && step < LONGEST_DESCENT; step += 1) {
    if (style.outline !== null && style.outline < 9) return style.outline + 1;
    const number = /^(?:heading|标题|標題)\s*([1-9])$/iu.exec(style.name)?.[1];
    if (number) return Number(number);
    if (/^(?:title|标题|標題)$/iu.test(style.name)) return TITLE_LEVEL;
    style = style.basedOn === null ? undefined : styles.get(style.basedOn);
  }
  return null;
}
