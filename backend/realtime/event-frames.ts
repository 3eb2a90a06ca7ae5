/** Something numbered that a listener is told. */
export interface StreamEvent {
  id: number;
  name: string;
  data: unknown;
}

export interface StreamFailure {
  error: string;
  message: string;
}

/** How events are written into a reply. */
export interface StreamFormat {
  contentType: string;
  frame(event: StreamEvent): string;
  /** Without an id: it is not one of the events, and who resumes must not skip one for it. */
  failure(failure: StreamFailure): string;
  /** Keeps proxies from closing a quiet connection; means nothing. */
  heartbeat: string;
}

/** WHATWG HTML, section 9.2. */
export const serverSentEvents: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  frame: ({ id, name, data }) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  failure: (failure) => `event: error\ndata: ${JSON.stringify(failure)}\n\n`,
  heartbeat: ': still here\n\n',
};

/** An event as WebSockets and lines of JSON carry it. */
export function eventFrame({ id, name, data }: StreamEvent, messageId: string, more?: object) {
  return JSON.stringify({ type: name, id, messageId, ...more, ...Object(data) });
}

/** For clients that get pieces of a reply but cannot read Server-Sent Events. */
export function jsonLines(messageId: string): StreamFormat {
  return {
    contentType: 'application/x-ndjson; charset=utf-8',
    frame: (event) => `${eventFrame(event, messageId)}\n`,
    failure: (failure) => `${JSON.stringify({ type: 'error', messageId, ...failure })}\n`,
    heartbeat: '\n',
  };
}
