import { strings } from '../strings.ts';

const words = strings.auditLog;
const SHORT = 8;

type Names = Readonly<Record<string, string>>;

const VALUES: Names = { ...strings.users.roles, ...strings.users.plans, ...strings.books.kinds };

/** What the page calls it; a new one of the server's stands as it is. */
const named = (names: Names, name: string) => (Object.hasOwn(names, name) ? names[name] : name);

export function actionName(action: string): string {
  return named(words.actions, action) ?? action;
}

/** Enough of an id to tell two apart; the whole one is in the tooltip. */
export function targetName({ targetType, targetId }: { targetType: string; targetId: string }) {
  const type = named(words.targets, targetType) ?? targetType;
  return words.shortOf(type, targetId.length > 20 ? `${targetId.slice(0, SHORT)}…` : targetId);
}

function tell(value: unknown): string {
  return typeof value === 'string' ? (named(VALUES, value) ?? value) : JSON.stringify(value);
}

/** Details as pairs to read; what was and what is now, as an arrow. */
export function detailPairs(detail: Record<string, unknown>): [string, string][] {
  const { from, to, ...others } = detail;
  const rest = from !== undefined && to !== undefined ? others : detail;
  const pairs = Object.entries(rest).map(([name, value]): [string, string] => [
    named(words.details, name) ?? name,
    tell(value),
  ]);
  return rest === detail ? pairs : [[words.change, `${tell(from)} → ${tell(to)}`], ...pairs];
}
