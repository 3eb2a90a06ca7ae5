import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseSource } from './package-file.ts';
import type { SourceReading } from './source-work.ts';

const text = z.string().trim().min(1);

const noteSchema = z.strictObject({
  term: text,
  reading: text.nullable(),
  meaning: text,
  at: z.array(z.int().min(1)).min(1).optional(),
});

const readingSchema = z.strictObject({
  passageId: z.uuid(),
  /** The first 16 hex digits of SHA-256 over the folded text that the reading was written for. */
  textHash: z.string().regex(/^[0-9a-f]{16}$/),
  translation: text.nullable().default(null),
  gist: text,
  themes: z.array(text).min(1),
  notes: z.array(noteSchema),
  doubt: text.nullable().default(null),
});

const FOLDER = new URL('./readings/', import.meta.url);

/** What this project says of a default work: one reading a line of its file; none where it has no file. */
export async function readReadings(slug: string): Promise<SourceReading[]> {
  const file = new URL(`${slug}.jsonl`, FOLDER);
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const { code }: { code?: unknown } = Object(error);
    if (code === 'ENOENT') return [];
    throw error;
  }
  const lines = content.split('\n').filter((line) => line !== '');
  return lines.map((line, at) => parseSource(`${slug}.jsonl:${at + 1}`, line, readingSchema));
}
