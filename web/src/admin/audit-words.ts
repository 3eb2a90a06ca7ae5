import { strings } from '../strings.ts';

const words = strings.auditLog;

/** The action in plain words; a new one of the server's stands as it is. */
export function actionName(action: string): string {
  return (words.actions as Record<string, string>)[action] ?? action;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const tell = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Details as pairs to read; a change of something `{from,to}` as an arrow. */
export function detailPairs(detail: Record<string, unknown>): [string, string][] {
  return Object.entries(detail).map(([name, value]) => {
    const changed = isPlain(value) && 'from' in value && 'to' in value;
    return [name, changed ? `${tell(value.from)} → ${tell(value.to)}` : tell(value)];
  });
}
