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
  const walker = createJsonWalker(createJsonRecords(context), where);
  for await (const chunk of text.chunks()) {
    walker.write(chunk);
    await context.sink.drain();
  }
  walker.end();
  await context.sink.drain();
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
