import { decodeText } from '../encoding/decode-text.ts';
import { firstLines, linesOf } from '../encoding/text-lines.ts';
import { type FileNames, NO_NAMES } from '../names/file-names.ts';
import { readFrontLines } from '../names/front-lines.ts';
import { underTitle } from '../names/own-names.ts';
import { isTitle, type ReadContext } from '../read-context.ts';
import { findContents } from '../structure/contents-list.ts';
import { profileText } from '../structure/text-profile.ts';
import { createTextStructure } from '../structure/text-structure.ts';
import type { ByteSource } from '../text-source.ts';
import { looksPaired, readPairedLines } from './paired-lines.ts';

export async function readPlainText(
  source: ByteSource,
  where: string | null,
  context: ReadContext,
): Promise<void> {
  const text = await decodeText(source, where);
  context.noteEncoding(text.encoding);
  const first = await firstLines(text.chunks(), where);
  const lines = linesOf(text.chunks(), where);
  if (looksPaired(first)) return readPairedLines(lines, context);
  const { names, count } = readFrontLines(first, context.workTitle);
  const contents = await findContents(first, () => linesOf(text.chunks(), where));
  const isLeftOut = (at: number) =>
    at < count || (contents !== null && at >= contents.from && at < contents.to);
  const profile = profileText(first.filter((_, at) => !isLeftOut(at)));
  const titled = underTitle(context, names.title);
  const structure = createTextStructure(titled, profile);
  let at = 0;
  for await (const batch of lines) {
    for (const line of batch) {
      if (!isLeftOut(at)) structure.line(line);
      else if (line.trim() !== '') {
        const names = isTitle(titled, line) ? '书名行' : '书名、作者行';
        context.log.note(at < count ? names : '目录', line.trim());
      }
      at += 1;
    }
    await context.sink.drain();
  }
  structure.end();
  await context.sink.drain();
}

/** What it says of itself, told before anybody reads it. */
export async function plainTextNames(source: ByteSource): Promise<FileNames> {
  const first = await firstLines((await decodeText(source, null)).chunks(), null);
  return looksPaired(first) ? NO_NAMES : readFrontLines(first, null).names;
}
