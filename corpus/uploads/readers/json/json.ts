import { decodeText } from '../../encoding/decode-text.ts';
import type { FileNames } from '../../names/file-names.ts';
import { createJsonNames } from '../../names/json-names.ts';
import type { ReadContext } from '../../read-context.ts';
import type { ByteSource } from '../../text-source.ts';
import { createJsonRecords } from './json-records.ts';
import { createJsonWalker } from './json-walker.ts';

export async function readJson(
  source: ByteSource,
  where: string | null,
  context: ReadContext,
): Promise<void> {
  const text = await decodeText(source, where);
  context.noteEncoding(text.encoding);
  // Of several records none is the whole book.
  const alone = context.alone && !(await holdsLines(text.chunks()));
  const walker = createJsonWalker(createJsonRecords({ ...context, alone }), where);
  for await (const chunk of text.chunks()) {
    walker.write(chunk);
    await context.sink.drain();
  }
  walker.end();
  await context.sink.drain();
}

/** Whether the first line is a record by itself, and another follows. */
async function holdsLines(chunks: AsyncIterable<string>): Promise<boolean> {
  let last = '';
  let ended = false;
  for await (const chunk of chunks) {
    const end = ended ? 0 : chunk.search(/[\r\n]/u);
    last =
      (ended
        ? ''
        : chunk
            .slice(0, end < 0 ? undefined : end)
            .trimEnd()
            .at(-1)) || last;
    if (end < 0) continue;
    if (last !== '}') return false;
    ended = true;
    const rest = chunk.slice(end).trimStart();
    if (rest !== '') return rest.startsWith('{');
  }
  return false;
}

/** Characters in which a file says what it is called, if it does. */
const FIRST = 64 * 1024;

/** What it says of itself, told before anybody reads it: title and author of the one record it is. */
export async function jsonNames(source: ByteSource): Promise<FileNames> {
  const text = await decodeText(source, null);
  const names = createJsonNames();
  const walker = createJsonWalker(names.visitor, null);
  let read = 0;
  for await (const chunk of text.chunks()) {
    walker.write(chunk.slice(0, FIRST));
    read += chunk.length;
    if (read >= FIRST) break;
  }
  return names.found();
}
