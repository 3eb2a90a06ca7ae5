import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const CACHE = new URL('../../node_modules/.cache/guoxue-typescript/', import.meta.url);

/** Lets plain Node import the sources: `register` this file, then import `.ts`. */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const kept = new URL(`${createHash('sha256').update(text).digest('hex')}.mjs`, CACHE);
  const source = await readFile(kept, 'utf8').catch(() => compile(text, kept));
  return { format: 'module', source, shortCircuit: true };
}

/** Tests start hundreds of processes and threads: loading the compiler in each would be most of their work. */
async function compile(text, kept) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  await mkdir(CACHE, { recursive: true });
  const written = new URL(`${kept.href}.${process.pid}`);
  await writeFile(written, code);
  await rename(written, kept);
  return code;
}
