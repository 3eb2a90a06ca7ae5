import type { AnswerEvent } from './event-store.ts';

const LONGEST_TEXT = 2_000;

function textIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('text' in data)) return undefined;
  return typeof data.text === 'string' ? data.text : undefined;
}

/** Lets `event` carry the text that follows it as well; false when that cannot be. */
export function mergeText(event: AnswerEvent, name: AnswerEvent['name'], data: unknown): boolean {
  if (event.name !== name || (name !== 'delta' && name !== 'thinking')) return false;
  const [before, more] = [textIn(event.data), textIn(data)];
  if (before === undefined || more === undefined) return false;
  if (before.length + more.length > LONGEST_TEXT) return false;
  event.data = { text: before + more };
  return true;
}
