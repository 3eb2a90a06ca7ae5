import { openArchive } from '../archive/archive.ts';
import { type ArchivePart, planArchive } from '../archive/plan-archive.ts';
import { withSpooled } from '../archive/spool-entry.ts';
import { chapterTitle, type ReadContext } from '../read-context.ts';
import { type RefusalReason, RefusedFile } from '../refused-file.ts';
import { readCsv } from './csv.ts';
import { readDocx } from './docx.ts';
import { readEpub } from './epub.ts';
import { readJson } from './json/json.ts';
import { readMarkdown } from './markdown.ts';
import { readParallelFiles } from './parallel-files.ts';
import { readPlainText } from './plain-text.ts';

/** One such file among many is left out, and named; anything else stops the reading. */
const BEARABLE = new Set<RefusalReason>([
  ...(['empty', 'binary', 'bad_json', 'bad_csv', 'wrong_content', 'nested_too_deep'] as const),
  'xml_too_deep',
]);

/** All texts of an archive, in natural order, as one document. */
export async function readZip(
  path: string,
  context: ReadContext,
  countPacked: (bytes: number) => void,
): Promise<void> {
  const archive = await openArchive(path, countPacked);
  try {
    const parts = planArchive(archive.entries, context.log);
    if (parts.length === 0) throw new RefusedFile('no_text');
    let refused: RefusedFile | null = null;
    let found = false;
    for (const part of parts) {
      const file = createFileContext(context, part, parts.length === 1);
      try {
        await readPart(part, file.context);
      } catch (error) {
        const bearable = error instanceof RefusedFile && BEARABLE.has(error.reason);
        if (!bearable || file.wrote()) throw error;
        refused ??= error;
        context.log.note('无法读取的文件', error.message);
        continue;
      }
      if (!file.wrote()) context.log.note('没有正文的文件', part.entry.name);
      else context.noteFile();
      found ||= file.wrote();
    }
    if (!found && refused) throw refused;
  } finally {
    archive.close();
  }
}

/** Its titles stand under the names of its folders; text before its first heading is a chapter, too. */
function createFileContext(context: ReadContext, part: ArchivePart, alone: boolean) {
  let begun = false;
  let wrote = false;
  const named = part.names.filter((name) => /\p{Script=Han}/u.test(name));
  const own: ReadContext = {
    ...context,
    ...{ alone, prefix: alone ? [] : named, untitled: part.names.at(-1) ?? context.untitled },
    sink: {
      ...context.sink,
      chapter(heading) {
        begun = true;
        context.sink.chapter(heading);
      },
      paragraph(text, translation) {
        if (!begun) own.sink.chapter({ title: chapterTitle(own, []), ...UNKNOWN });
        wrote = true;
        context.sink.paragraph(text, translation);
      },
    },
  };
  return { context: own, wrote: () => wrote };
}

const UNKNOWN = { author: null, dynasty: null, form: null };

async function readPart({ kind, entry, translation }: ArchivePart, context: ReadContext) {
  const where = entry.name;
  if (kind === 'pair' && translation) return readParallelFiles(entry, translation, context);
  if (kind === 'md') return readMarkdown(entry, where, context);
  if (kind === 'json') return readJson(entry, where, context);
  if (kind === 'csv') return readCsv(entry, where, context);
  if (kind === 'docx')
    return withSpooled(entry, (path) => readDocx(path, where, context, () => {}));
  if (kind === 'epub')
    return withSpooled(entry, (path) => readEpub(path, where, context, () => {}));
  return readPlainText(entry, where, context);
}
