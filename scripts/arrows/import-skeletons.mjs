import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

const SOURCE = /\.tsx?$/;
const WITH_SOURCE = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
]);

/**
 * Writes, for each TypeScript source of some rooms, a module `<source>.mjs` that holds its imports
 * and nothing else: those of our own files, types included, and those of packages at run time.
 * dependency-cruiser reads TypeScript only through the compiler's old JavaScript API, which
 * TypeScript 7 has no longer, and its swc parser does not know `.tsx`.
 */
export function writeImportSkeletons(root, rooms, to) {
  rmSync(to, { recursive: true, force: true });
  const files = rooms.flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true })
      .filter((file) => SOURCE.test(file))
      .map((file) => path.join(room, file)),
  );
  for (const file of files) {
    const skeleton = path.join(to, `${file}.mjs`);
    mkdirSync(path.dirname(skeleton), { recursive: true });
    writeFileSync(skeleton, skeletonOf(readFileSync(path.join(root, file), 'utf8'), file));
  }
  return files;
}

function skeletonOf(text, file) {
  const tree = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2022' });
  return [...importsIn(tree)]
    .filter(({ name, isType }) => isOurs(name) || !(isType || name.startsWith('.')))
    .map(({ name }) => `import ${JSON.stringify(isOurs(name) ? `${name}.mjs` : name)};\n`)
    .join('');
}

function isOurs(name) {
  return name.startsWith('.') && SOURCE.test(name);
}

function* importsIn(node) {
  if (Array.isArray(node)) {
    for (const each of node) yield* importsIn(each);
  } else if (node !== null && typeof node === 'object') {
    if (WITH_SOURCE.has(node.type) && node.source) {
      yield { name: node.source.value, isType: isTypeOnly(node) };
    } else if (node.type === 'TsImportType') {
      yield { name: node.argument.value, isType: true };
    } else if (node.type === 'CallExpression' && node.callee.type === 'Import') {
      const [first] = node.arguments;
      if (first?.expression.type === 'StringLiteral') {
        yield { name: first.expression.value, isType: false };
      }
    }
    yield* importsIn(Object.values(node));
  }
}

function isTypeOnly({ typeOnly, specifiers = [] }) {
  return (
    Boolean(typeOnly) || (specifiers.length > 0 && specifiers.every((each) => each.isTypeOnly))
  );
}
