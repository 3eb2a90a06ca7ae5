import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { checkContent } from './inspect-file.ts';
import type { ReadContext } from './read-context.ts';
import { readCsv } from './readers/csv.ts';
import { readDocx } from './readers/docx.ts';
import { readEpub } from './readers/epub.ts';
import { readJson } from './readers/json/json.ts';
import { readMarkdown } from './readers/markdown.ts';
import { readPlainText } from './readers/plain-text.ts';
import { readZip } from './readers/zip-collection.ts';
import { RefusedFile } from './refused-file.ts';
import type { ByteSource } from './text-source.ts';
import { formatOf, type UploadFormat } from './upload-format.ts';

export interface UploadRead {
  /** On this machine. */
  path: string;
  /** As its owner calls it. */
  fileName: string;
  /** Called as bytes of the file are used up. */
  onBytes(done: number, total: number): void;
}

/** Reads a file of any format into the sink of the context; throws `RefusedFile`. */
export async function readUpload(upload: UploadRead, context: ReadContext): Promise<UploadFormat> {
  const { path, fileName } = upload;
  const format = formatOf(fileName);
  if (format === null) throw new RefusedFile('unsupported');
  await checkContent(path, format);
  const total = (await stat(path)).size;
  let done = 0;
  const count = (bytes: number) => {
    done = Math.min(total, done + bytes);
    upload.onBytes(done, total);
  };
  if (format === 'zip') await readZip(path, context, count);
  else {
    const source = countingSource(path, fileName, (position) => upload.onBytes(position, total));
    if (format === 'docx') await readDocx(path, null, context, count);
    else if (format === 'epub') await readEpub(path, null, context, count);
    else if (format === 'json') await readJson(source, null, context);
    else if (format === 'csv') await readCsv(source, null, context);
    else if (format === 'md') await readMarkdown(source, null, context);
    else await readPlainText(source, null, context);
    context.noteFile();
  }
  upload.onBytes(total, total);
  return format;
}

/** Opened more than once, to look before reading, it counts from the beginning again. */
function countingSource(
  path: string,
  name: string,
  onPosition: (position: number) => void,
): ByteSource {
  return {
    name,
    async *open() {
      let position = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: 128 * 1024 })) {
        position += chunk.length;
        onPosition(position);
        yield chunk;
      }
    },
  };
}
