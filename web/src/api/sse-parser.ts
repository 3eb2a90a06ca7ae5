/** One dispatched event of a Server-Sent Events stream. */
export interface ServerSentEvent {
  /** The last id the stream named, null before the first. */
  id: string | null;
  event: string;
  data: string;
}

export interface SseParser {
  /** Takes the next bytes, cut anywhere, even inside a character; returns the events they complete. */
  push(bytes: Uint8Array): ServerSentEvent[];
}

interface Field {
  name: string;
  value: string;
}

function readField(line: string): Field {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const start = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
  return { name: line.slice(0, colon), value: line.slice(start) };
}

/** Lines end in LF, CRLF or CR; an event that the stream's end cuts off is never dispatched. */
export function createSseParser(): SseParser {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let skipLineFeed = false;
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  function dispatch(): ServerSentEvent | null {
    const complete =
      data.length > 0 ? { id, event: event || 'message', data: data.join('\n') } : null;
    event = '';
    data = [];
    return complete;
  }

  function takeLine(line: string): ServerSentEvent | null {
    if (line === '') return dispatch();
    const { name, value } = readField(line);
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
    return null;
  }

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (text === '') return [];
      // A CR that ended the last piece ended its line; the LF that belongs to it starts no new one.
      if (skipLineFeed && text.startsWith('\n')) text = text.slice(1);
      skipLineFeed = text === '' ? false : text.endsWith('\r');
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      const events: ServerSentEvent[] = [];
      for (const line of lines) {
        const complete = takeLine(line);
        if (complete !== null) events.push(complete);
      }
      return events;
    },
  };
}
