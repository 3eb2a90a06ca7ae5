import type { ServerSentEvent } from './sse-parser.ts';
import type { Citation, Message } from './types.ts';

/** What the server says while an answer comes into being; `id` counts 1, 2, 3 … */
export type AnswerEvent =
  | { id: number; name: 'meta'; userMessageId: string; messageId: string }
  | { id: number; name: 'citations'; citations: Citation[] }
  | { id: number; name: 'thinking'; text: string }
  | { id: number; name: 'delta'; text: string }
  | { id: number; name: 'done'; message: Message }
  | { id: number; name: 'error'; slug: string; message: string };

type Payload = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function readPayload(data: string): Payload | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Payload) : null;
  } catch {
    return null;
  }
}

/** Null for an event this page does not know; the counting goes on all the same. */
export function readAnswerEvent(source: ServerSentEvent): AnswerEvent | null {
  const payload = readPayload(source.data);
  const id = Number(source.id);
  if (payload === null || !Number.isInteger(id)) return null;
  switch (source.event) {
    case 'meta':
      return {
        id,
        name: 'meta',
        userMessageId: text(payload.userMessageId),
        messageId: text(payload.messageId),
      };
    case 'citations':
      return { id, name: 'citations', citations: (payload.citations ?? []) as Citation[] };
    case 'thinking':
    case 'delta':
      return { id, name: source.event, text: text(payload.text) };
    case 'done':
      return { id, name: 'done', message: payload.message as Message };
    case 'error':
      return { id, name: 'error', slug: text(payload.error), message: text(payload.message) };
    default:
      return null;
  }
}
