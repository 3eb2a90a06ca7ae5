import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { z } from 'zod';

const PACKAGE = path.dirname(createRequire(import.meta.url).resolve('chinese-poetry/package.json'));
/** Every folder of the package with poems one after another; the first two hold 312,000 of them. */
const FOLDERS = ['quantangshi', 'quantangshi/error', 'yudingquantangshi/json', 'songci', 'yuanqu'];

const poems = z.array(
  z.object({
    title: z.string().optional(),
    rhythmic: z.string().optional(),
    author: z.string().optional(),
    paragraphs: z.array(z.string()).optional(),
  }),
);

export interface Texts {
  folder: string;
  zip: string;
  characters: number;
}

/** Poems as people keep them: a text file for every thousand, each poem under its title. */
export async function writeTexts(folder: string, atLeast: number): Promise<Texts> {
  await mkdir(folder, { recursive: true });
  const zip = new yazl.ZipFile();
  const zipped = pipeline(zip.outputStream, createWriteStream(`${folder}.zip`));
  let characters = 0;
  let files = 0;
  for await (const text of poemFiles()) {
    const name = `${String(files).padStart(4, '0')}.txt`;
    await writeFile(path.join(folder, name), text);
    zip.addFile(path.join(folder, name), name);
    files += 1;
    characters += text.length;
    if (characters >= atLeast) break;
  }
  zip.end();
  await zipped;
  return { folder, zip: `${folder}.zip`, characters };
}

async function* poemFiles(): AsyncGenerator<string> {
  for (const folder of FOLDERS) {
    const names = await readdir(path.join(PACKAGE, 'dist', folder)).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
      const file = path.join(PACKAGE, 'dist', folder, name);
      const parsed = poems.safeParse(JSON.parse(await readFile(file, 'utf8')));
      const text = parsed.success ? writeOut(parsed.data) : '';
      if (text !== '') yield text;
    }
  }
}

function writeOut(from: z.infer<typeof poems>): string {
  return from
    .filter(({ paragraphs }) => paragraphs !== undefined && paragraphs.length > 0)
    .map(({ title, rhythmic, paragraphs = [] }) =>
      [`# ${title ?? rhythmic ?? '无题'}`, '', ...paragraphs, '', ''].join('\n'),
    )
    .join('');
}
