import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { z } from 'zod';

const root = dirname(createRequire(import.meta.url).resolve('chinese-poetry/package.json'));

/** One file of the package of texts, its shape checked; `path` is relative to the package's `dist`. */
export async function readPackageFile<Shape>(
  path: string,
  schema: z.ZodType<Shape>,
): Promise<Shape> {
  const file = join(root, 'dist', path);
  return parseSource(file, await readFile(file, 'utf8'), schema);
}

/** Parses JSON against a schema; what is wrong is told by file and field. */
export function parseSource<Shape>(file: string, text: string, schema: z.ZodType<Shape>): Shape {
  const result = schema.safeParse(parseJson(file, text));
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new Error(`${file} does not have the expected shape: ${problems.join('; ')}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error });
  }
}
