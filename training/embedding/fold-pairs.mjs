/**
 * Sentence pairs as the model is to see them: `node training/embedding/fold-pairs.mjs SOURCE > pairs.tsv`
 *
 * SOURCE is a table of four columns (work, chapter, classical sentence, modern translation, parted by
 * tabs; `-` for standard input), or a folder in the layout of NiuTrans Classical-Modern
 * (https://github.com/NiuTrans/Classical-Modern): for each chapter of a work a folder with `source.txt`
 * and `target.txt`, which correspond line by line. What comes out has the same columns, folded as the
 * service folds texts before it compares them, sentences of a chapter in their order, and a fifth: the
 * names of work, author (`authors.tsv`) and chapter, parted by bars. The books that the model is
 * measured on are left out.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import '../../tests/support/register-typescript.mjs';

const { foldText } = await import('../../ai/rag/folding.ts');

const HELD_OUT = [
  ...['荀子', '韩非子', '世说新语', '菜根谭', '管子', '礼记', '墨子', '战国策'],
  ...['颜氏家训', '淮南子', '列子', '吕氏春秋', '梦溪笔谈', '搜神记'],
];

/** Whatever the layout, the script and what an edition adds to the name (荀子集解). */
function isHeldOut(work, chapter) {
  const folders = chapter.split(/[/\\]/u).slice(0, -1);
  const parts = [work, ...folders].map(foldText);
  return parts.some((part) => HELD_OUT.some((name) => part.startsWith(name)));
}

/** 「卷四十一」 and 「第三章」 are no names; of 「卷七十七·方士二」 the second half is. */
const NUMBER = /^(卷[^·]*·?|第[^章则节回篇]*[章则节回篇])/u;

const authors = new Map(
  (await readFile(new URL('authors.tsv', import.meta.url), 'utf8'))
    .split('\n')
    .map((line) => line.split('\t')),
);

function namesOf(work, chapter) {
  const title = path.basename(chapter).replace(NUMBER, '');
  const names = [work, authors.get(work) ?? '', title].map(foldText);
  return [...new Set(names)].filter((name) => name.length > 1).join('|');
}

async function* tableRows(file) {
  const input = file === '-' ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input })) yield line.split('\t');
}

async function* folderRows(root) {
  const names = await readdir(root, { recursive: true });
  for (const name of names.filter((each) => path.basename(each) === 'source.txt').sort()) {
    const chapter = path.dirname(name);
    // The folder that is given may itself be a work.
    if (isHeldOut(path.basename(path.resolve(root)), chapter)) continue;
    const lines = async (file) =>
      (await readFile(path.join(root, chapter, file), 'utf8')).split(/\r?\n/u);
    const [classical, modern] = await Promise.all([lines('source.txt'), lines('target.txt')]);
    const work = chapter.split(path.sep).find((part) => part !== '双语数据') ?? chapter;
    for (const [at, sentence] of classical.entries()) yield [work, chapter, sentence, modern[at]];
  }
}

async function* foldedLines(rows) {
  for await (const [work = '', chapter = '', classical = '', modern = ''] of rows) {
    if (isHeldOut(work, chapter)) continue;
    const pair = [foldText(classical), foldText(modern)];
    if (pair.every((text) => text.length > 0)) {
      yield `${[work, chapter, ...pair, namesOf(work, chapter)].join('\t')}\n`;
    }
  }
}

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node training/embedding/fold-pairs.mjs TABLE.tsv | - | FOLDER > pairs.tsv');
  process.exit(2);
}
const isFolder = source !== '-' && (await stat(source)).isDirectory();
await pipeline(foldedLines((isFolder ? folderRows : tableRows)(source)), process.stdout);
