import { hasPunctuation } from '../structure/headings.ts';
import { isNameRole, roleOfKey } from './record-keys.ts';

export type Column = 'name' | 'author' | 'dynasty' | 'text' | 'translation' | 'other';

/** Null for a column that no heading explains. */
export type Columns = readonly (Column | null)[];

type Rows = readonly (readonly string[])[];

/** Columns that stand beside a text, however long they are. */
const BESIDE_TEXT =
  /^(?:id|no\.?|url|link|tags?|notes?|comments?|序号|編號|编号|备注|備註|注释|注釋|注|赏析|賞析|出处|出處|来源|來源|标签|標籤|拼音)$/iu;

/** Which column is what, by a line of headings; null if the line is none. */
export function readHeader(cells: readonly string[]): Columns | null {
  const roles = cells.map(roleOfKey);
  if (roles.every((role) => role === null) || cells.some(hasPunctuation)) return null;
  const paired = roles.includes('source') && roles.includes('target') && !roles.includes('text');
  return roles.map((role, index): Column | null => {
    if (isNameRole(role)) return 'name';
    if (role === 'source' && paired) return 'text';
    if (role === 'target') return 'translation';
    if (role === 'form' || role === 'about' || BESIDE_TEXT.test(cells[index]?.trim() ?? '')) {
      return 'other';
    }
    return role === 'source' ? null : role;
  });
}

/** What the columns look like they are where no heading says so. */
export function guessColumns(rows: Rows, known: Columns | null): Columns {
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (!known) {
    if (width <= 1) return ['text'];
    if (width === 2) return looksLikeNames(rows) ? ['name', 'text'] : ['text', 'translation'];
  }
  const columns: Columns = known ?? Array.from({ length: width }, () => null);
  const text = longestUnknown(rows, columns);
  return columns.map((column, index) => {
    if (index === text) return 'text';
    return known === null && index === 0 ? 'name' : column;
  });
}

function longestUnknown(rows: Rows, columns: Columns): number {
  const lengths = columns.map((column, index) =>
    column === null ? rows.reduce((sum, row) => sum + (row[index] ?? '').length, 0) : 0,
  );
  const longest = Math.max(...lengths);
  return longest > 0 ? lengths.indexOf(longest) : -1;
}

function looksLikeNames(rows: Rows): boolean {
  const names = rows.filter(
    ([first = '', second = '']) =>
      first.length <= 20 && first.length < second.length && !/[。！？；，]/u.test(first),
  );
  return names.length >= rows.length * 0.8;
}
