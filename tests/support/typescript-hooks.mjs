import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Lets plain Node import the sources: `register` this file, then import `.ts`. */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  // Only where it is needed: the compiler takes longer to load than most files to compile.
  const { transform } = await import('@swc/core');
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
