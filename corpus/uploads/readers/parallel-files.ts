import { decodeText } from '../encoding/decode-text.ts';
import { linesOf } from '../encoding/text-lines.ts';
import type { ReadContext } from '../read-context.ts';
import type { ByteSource } from '../text-source.ts';

/** Lines between two waits. */
const LINES = 200;

/** Two files whose lines belong together: a sentence and its translation. */
export async function readParallelFiles(
  source: ByteSource,
  target: ByteSource,
  context: ReadContext,
): Promise<void> {
  const { sink, log } = context;
  const classical = await decodeText(source, source.name);
  const modern = await decodeText(target, target.name);
  context.noteEncoding(classical.encoding);
  const translations = eachLine(linesOf(modern.chunks(), target.name));
  let read = 0;
  for await (const line of eachLine(linesOf(classical.chunks(), source.name))) {
    const { value, done } = await translations.next();
    const translation = done ? '' : value;
    if (done) log.note('译文行数少于原文', source.name);
    if (line !== '') sink.paragraph(line, translation === '' ? null : translation);
    else if (translation !== '') log.note('没有原文的译文', translation);
    read += 1;
    if (read % LINES === 0) await sink.drain();
  }
  if (!(await translations.next()).done) log.note('译文行数多于原文', target.name);
  await translations.return(undefined);
  await sink.drain();
}

async function* eachLine(batches: AsyncIterable<string[]>): AsyncGenerator<string, void> {
  for await (const batch of batches) for (const line of batch) yield line.trim();
}
