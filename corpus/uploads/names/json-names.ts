import type { JsonVisitor } from '../readers/json/json-walker.ts';
import { roleOfKey } from '../readers/record-keys.ts';
import { type FileNames, type NameKind, NO_NAMES, tidyNames } from './file-names.ts';

/** Names of the record that a file is; of several records none speaks for the file. */
export function createJsonNames(): { visitor: JsonVisitor; found(): FileNames } {
  const found: Partial<FileNames> = {};
  let depth = 0;
  let records = 0;
  const open = () => {
    if (depth === 0) records += 1;
    depth += 1;
  };
  return {
    visitor: {
      openObject: open,
      openArray: open,
      close() {
        depth -= 1;
      },
      scalar(key, value) {
        const kind = depth === 1 && key !== null ? kindOf(key) : null;
        if (kind && typeof value === 'string') found[kind] ??= value;
      },
    },
    found: () => (records === 1 ? tidyNames(found) : NO_NAMES),
  };
}

function kindOf(key: string): NameKind | null {
  if (/^(?:书名|書名|book)$/iu.test(key.trim())) return 'title';
  const role = roleOfKey(key);
  return role === 'title' || role === 'author' || role === 'dynasty' ? role : null;
}
