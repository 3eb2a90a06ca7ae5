import { extname } from 'node:path';

export const UPLOAD_FORMATS = ['txt', 'md', 'json', 'csv', 'docx', 'epub', 'zip'] as const;
export type UploadFormat = (typeof UPLOAD_FORMATS)[number];

const BY_EXTENSION: Record<string, UploadFormat> = {
  '.txt': 'txt',
  '.text': 'txt',
  '.md': 'md',
  '.markdown': 'md',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.docx': 'docx',
  '.epub': 'epub',
  '.zip': 'zip',
};

/** What a name promises; null for a kind of file that is not read. */
export function formatOf(fileName: string): UploadFormat | null {
  return BY_EXTENSION[extname(fileName).toLowerCase()] ?? null;
}

/** The others are archives of XML or of further files. */
export function isTextFormat(format: UploadFormat): format is 'txt' | 'md' | 'json' | 'csv' {
  return format !== 'docx' && format !== 'epub' && format !== 'zip';
}
