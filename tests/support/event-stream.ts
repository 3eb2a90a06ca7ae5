import type { z } from 'zod';
import { createSseParser } from '../../web/src/api/sse-parser.ts';
import { events as contract } from './contract-schemas.ts';
import { eventually } from './eventually.ts';

export type EventName = keyof typeof contract;

export interface HeardEvent {
  /** `null` for one that is not of the answer: the stream itself failed. */
  id: number | null;
  name: EventName;
  data: unknown;
}

/** A listener of an answer. */
export interface EventStream {
  status: number;
  headers: Headers;
  /** Grows as events come. */
  heard: HeardEvent[];
  /** Comment lines that kept the connection alive, and all the rest, as they came. */
  raw(): string;
  /** Waits until something was heard. */
  until(
    what: string,
    condition: (heard: HeardEvent[]) => boolean,
    timeoutMs?: number,
  ): Promise<void>;
  /** Everything, once the server has closed the stream. */
  ended: Promise<HeardEvent[]>;
  /** Hangs up. */
  leave(): void;
}

export async function openEventStream(url: string, request: RequestInit): Promise<EventStream> {
  const hangUp = new AbortController();
  const response = await fetch(url, { ...request, signal: hangUp.signal });
  const heard: HeardEvent[] = [];
  let raw = '';
  const read = async () => {
    const parser = createSseParser();
    const text = new TextDecoder();
    let lastId: string | null = null;
    for await (const bytes of response.body ?? []) {
      raw += text.decode(bytes, { stream: true });
      for (const { id, event, data } of parser.push(bytes)) {
        // The parser, as the standard says, keeps the last id for an event that has none.
        const ownId = id === lastId ? null : Number(id);
        lastId = id;
        heard.push({ id: ownId, name: event as EventName, data: JSON.parse(data) });
      }
    }
    return heard;
  };
  const ended = read().catch((error: unknown) => {
    if (hangUp.signal.aborted) return heard;
    throw error;
  });
  return {
    status: response.status,
    headers: response.headers,
    heard,
    raw: () => raw,
    until: (what, condition, timeoutMs) => eventually(what, () => condition(heard), timeoutMs),
    ended,
    leave: () => hangUp.abort(),
  };
}

export function dataOf<Name extends EventName>(
  heard: readonly HeardEvent[],
  name: Name,
): z.infer<(typeof contract)[Name]> {
  const event = heard.find((each) => each.name === name);
  if (!event) throw new Error(`no ${name} among ${heard.map((each) => each.name).join()}`);
  return contract[name].parse(event.data) as z.infer<(typeof contract)[Name]>;
}

export function textOf(heard: readonly HeardEvent[], name: 'delta' | 'thinking' = 'delta'): string {
  return heard
    .filter((event) => event.name === name)
    .map((event) => contract[name].parse(event.data).text)
    .join('');
}

/** The names in order, a run of equal ones once. */
export function orderOf(heard: readonly HeardEvent[]): string[] {
  return heard.map(({ name }) => name).filter((name, index, names) => name !== names[index - 1]);
}
