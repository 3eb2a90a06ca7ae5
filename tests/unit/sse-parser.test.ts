import { createSseParser, type ServerSentEvent } from '../../web/src/api/sse-parser.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function parse(...pieces: Uint8Array[]): ServerSentEvent[] {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const STREAM = [
  ': 心跳\n\n',
  'id: 1\nevent: meta\ndata: {"messageId":"m1"}\n\n',
  'id: 2\r\nevent: delta\r\ndata: {"text":"学而不思则罔"}\r\n\r\n',
  ':\n',
  'id: 3\revent: delta\rdata: {"text":"𠮷日 — 思而不学则殆"}\r\r',
  'event:delta\ndata:first\ndata:second\nretry: 3000\nunknown: x\n\n',
  'id: 5\nevent: done\ndata: {}\n\n',
].join('');

const EVENTS: ServerSentEvent[] = [
  { id: '1', event: 'meta', data: '{"messageId":"m1"}' },
  { id: '2', event: 'delta', data: '{"text":"学而不思则罔"}' },
  { id: '3', event: 'delta', data: '{"text":"𠮷日 — 思而不学则殆"}' },
  { id: '3', event: 'delta', data: 'first\nsecond' },
  { id: '5', event: 'done', data: '{}' },
];

describe('the parser of an answer stream', () => {
  it('reads events whatever their line ends, and leaves comments aside', () => {
    expect(parse(bytesOf(STREAM))).toEqual(EVENTS);
  });

  it('reads the same events wherever the stream is cut in two, even inside a character', () => {
    const bytes = bytesOf(STREAM);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(parse(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(EVENTS);
    }
  });

  it('reads the same events when every byte arrives alone', () => {
    const bytes = bytesOf(STREAM);
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(parse(...single)).toEqual(EVENTS);
  });

  it('does not tell an event that the end of the stream cut off', () => {
    expect(parse(bytesOf('id: 1\nevent: delta\ndata: half'))).toEqual([]);
    expect(parse(bytesOf('id: 1\nevent: delta\ndata: whole but not ended\n'))).toEqual([]);
  });

  it('does not tell an event without data, but remembers its id', () => {
    expect(parse(bytesOf('id: 7\nevent: nothing\n\ndata: x\n\n'))).toEqual([
      { id: '7', event: 'message', data: 'x' },
    ]);
  });

  it('takes off one space after the colon and a byte order mark, nothing else', () => {
    expect(parse(bytesOf('\ufeffdata:  two\n\n'))).toEqual([
      { id: null, event: 'message', data: ' two' },
    ]);
  });
});
