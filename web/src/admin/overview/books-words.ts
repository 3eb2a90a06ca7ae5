import { formatTokens } from '../../billing/amounts.ts';
import { strings } from '../../strings.ts';

const words = strings.overview;

type Names = Readonly<Record<string, string>>;
const named = (names: Names, name: string) =>
  (Object.hasOwn(names, name) ? names[name] : undefined) ?? name;

export const kindOf = (kind: string): string => named(words.kinds, kind);

function tell(value: unknown): string {
  if (typeof value === 'number') return formatTokens(value);
  if (Array.isArray(value)) return value.length === 0 ? words.none : value.map(tell).join('\n');
  if (typeof value !== 'object' || value === null) return String(value ?? words.none);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${tell(part)}`)
    .join(' · ');
}

/** What was compared, as pairs to read; a name that is new stands as it is. */
export function findingPairs(detail: Record<string, unknown>): [string, string][] {
  return Object.entries(detail).map(([name, value]) => [named(words.fields, name), tell(value)]);
}
