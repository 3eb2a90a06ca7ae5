import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  type ChromaFolder,
  openChromaFolder,
  someVectors,
  vectorsOf,
} from '../support/chroma-folder.ts';

jest.setTimeout(60_000);

let chroma: ChromaFolder;
beforeEach(async () => {
  chroma = await openChromaFolder();
});
afterEach(() => chroma.remove());

/** Fills the folder, stops the server and resolves to the files of the index. */
async function filledFolder(): Promise<string[]> {
  const server = await chroma.start();
  await vectorsOf(server).upsert(someVectors);
  await server.close();
  const files = await readdir(chroma.dataDir, { recursive: true });
  return files.filter((file) => file.endsWith('.bin')).map((file) => join(chroma.dataDir, file));
}

async function foldersAside(): Promise<string[]> {
  return (await readdir(chroma.folder)).filter((name) => name.startsWith('chroma.corrupt-'));
}

describe('a folder that cannot be served', () => {
  async function expectFreshStart() {
    const server = await chroma.start();
    expect(server.recreated()).toBe(true);
    expect(await vectorsOf(server).count()).toBe(0);
    const [aside] = await foldersAside();
    const warning = chroma.log.find(({ level }) => level === 40);
    expect(warning?.msg).toMatch(/moved aside/);
    expect(warning?.movedTo).toBe(join(chroma.folder, aside ?? 'nothing'));
  }

  test('with a garbled database is moved aside, with a warning that says so', async () => {
    await filledFolder();
    await writeFile(
      join(chroma.dataDir, 'chroma.sqlite3'),
      'these are not the classics'.repeat(999),
    );
    await expectFreshStart();
  });

  test('with a truncated database as well', async () => {
    await filledFolder();
    await truncate(join(chroma.dataDir, 'chroma.sqlite3'), 20_000);
    await expectFreshStart();
  });

  test.each(['header.bin', 'data_level0.bin', 'link_lists.bin'])(
    'with a truncated %s, which shows at the first query only, as well',
    async (name) => {
      const file = (await filledFolder()).find((path) => path.endsWith(name)) ?? '';
      await truncate(file, 7);
      await expectFreshStart();
    },
  );

  test('because nobody may write there is refused by name', async () => {
    const file = join(chroma.folder, 'file');
    await writeFile(file, '');
    await expect(chroma.start({ dataDir: join(file, 'chroma') })).rejects.toThrow(
      `the data folder ${file}/chroma cannot be written`,
    );
  });
});
