import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { z } from 'zod';
import { parseSource } from './package-file.ts';
import type { SourceWork, WorkSource } from './source-work.ts';
import { parseTextWork } from './text-work.ts';
import { withUniqueTitles } from './unique-titles.ts';

const name = z.string().trim().min(1);
const nullableName = name.nullish().transform((value) => value ?? null);
const chapterSchema = z.strictObject({
  title: name,
  author: name.nullish(),
  dynasty: name.nullish(),
  form: z.enum(['verse', 'primer', 'prose', 'dialogue', 'sayings']).default('prose'),
  paragraphs: z.array(name).min(1),
});
const workSchema = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/u, 'lower-case letters, digits and hyphens only')
    .optional(),
  title: name,
  author: nullableName,
  dynasty: nullableName,
  category: name.default('自备'),
  aliases: z.array(name).default([]),
  chapters: z.array(chapterSchema).min(1),
  irregularities: z.array(z.unknown()).optional(),
});

/**
 * The works of a folder, by file name: each `.json` is one SourceWork (what it leaves out has
 * defaults), each `.txt` one work called as the file, see `parseTextWork`. Texts are taken as they
 * are, nothing is cleaned. Throws, naming file and field, when one cannot be read.
 */
export async function folderWorks(path: string): Promise<WorkSource[]> {
  const files = (await readdir(path))
    .filter((file) => /^[^.].*\.(?:json|txt)$/iu.test(file))
    .sort();
  if (files.length === 0) throw new Error(`${path} holds no .json or .txt file`);
  const works: SourceWork[] = [];
  for (const file of files) {
    const work = await readWork(join(path, file));
    const twin = works.findIndex((other) => other.slug === work.slug);
    if (twin >= 0) throw new Error(`${file}: slug: ${work.slug} is taken by ${files[twin]}`);
    works.push(work);
  }
  return works.map((work) => ({ slug: work.slug, title: work.title, read: async () => work }));
}

async function readWork(file: string): Promise<SourceWork> {
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/u, '');
  const stem = parse(file).name.trim();
  if (extname(file).toLowerCase() === '.json') return parseJsonWork(file, text, stem);
  const work = parseTextWork(text, stem, toSlug(stem));
  if (work.chapters.length === 0) throw new Error(`${file} holds no text`);
  return work;
}

function parseJsonWork(file: string, text: string, stem: string): SourceWork {
  const { chapters, slug, ...work } = parseSource(file, text, workSchema);
  const drafts = chapters.map((chapter) => ({
    ...chapter,
    author: chapter.author === undefined ? work.author : chapter.author,
    dynasty: chapter.dynasty === undefined ? work.dynasty : chapter.dynasty,
    paragraphs: chapter.paragraphs.flatMap((paragraph) => paragraph.split(/\s*[\r\n]+\s*/u)),
    distinctions: [chapter.author ?? ''],
  }));
  return {
    ...work,
    slug: slug ?? toSlug(stem),
    chapters: withUniqueTitles(drafts),
    irregularities: [],
  };
}

/** An ASCII name of a file stays, any other becomes a digest, so that the slug outlives a restart. */
function toSlug(stem: string): string {
  const ascii = stem.toLowerCase();
  if (/^[a-z0-9][a-z0-9-]*$/u.test(ascii)) return ascii;
  return `work-${createHash('sha256').update(stem.normalize('NFC')).digest('hex').slice(0, 12)}`;
}
