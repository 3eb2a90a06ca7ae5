import { createReadStream } from 'node:fs';
import { type Archive, openArchive } from '../archive/archive.ts';
import { docxNames } from '../readers/docx.ts';
import { epubNames } from '../readers/epub-package.ts';
import { jsonNames } from '../readers/json/json.ts';
import { markdownNames } from '../readers/markdown.ts';
import { plainTextNames } from '../readers/plain-text.ts';
import { RefusedFile } from '../refused-file.ts';
import type { UploadFormat } from '../upload-format.ts';
import { type FileNames, NO_NAMES } from './file-names.ts';

/** What a file says it is called, by its beginning; what is wrong with it shows when it is read. */
export async function namesInFile(path: string, format: UploadFormat): Promise<FileNames> {
  try {
    return await namesIn(path, format);
  } catch (error) {
    if (error instanceof RefusedFile) return NO_NAMES;
    throw error;
  }
}

function namesIn(path: string, format: UploadFormat): Promise<FileNames> | FileNames {
  const source = { name: path, open: () => createReadStream(path) };
  if (format === 'txt') return plainTextNames(source);
  if (format === 'md') return markdownNames(source);
  if (format === 'json') return jsonNames(source);
  if (format === 'docx') return withArchive(path, docxNames);
  return format === 'epub' ? withArchive(path, epubNames) : NO_NAMES;
}

async function withArchive(path: string, read: (archive: Archive) => Promise<FileNames>) {
  const archive = await openArchive(path, () => {});
  try {
    return await read(archive);
  } finally {
    archive.close();
  }
}
