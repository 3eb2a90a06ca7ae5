import type { Message } from '../../web/src/api/types.ts';

/** A message as the page gets it; whatever is left out is as plain as can be. */
export function someMessage(id: string, change: Partial<Message> = {}): Message {
  return {
    id,
    sessionId: 's',
    role: 'assistant',
    content: '',
    status: 'complete',
    citations: [],
    quotes: [],
    favorite: false,
    feedback: null,
    followUps: [],
    truncated: false,
    version: 1,
    versions: 1,
    createdAt: '2026-01-01T00:00:00Z',
    ...change,
  };
}

/** A network that comes and goes as the test says. */
export function someNetwork() {
  const listeners = new Set<() => void>();
  let online = true;
  return {
    online: () => online,
    watch(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    turn(on: boolean) {
      online = on;
      for (const listener of [...listeners]) listener();
    },
  };
}
