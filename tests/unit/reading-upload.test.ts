import { textHashOf } from '../../backend/library/prepare-work.ts';
import type { StoredReading } from '../../backend/library/reading.ts';
import { createReadingUpload } from '../../backend/library/reading-upload.ts';
import type { Work } from '../../backend/library/work.ts';

const WORK = 'b7e9c1de-54f5-4d1c-9a60-6f2f0f6c3a01';
const POND = '0b8c6f0e-3a63-4a53-8a63-3d1e5a3f2c11';
const PLUM = '1c8c6f0e-3a63-4a53-8a63-3d1e5a3f2c12';
const NOWHERE = '2d8c6f0e-3a63-4a53-8a63-3d1e5a3f2c13';
const texts = {
  [POND]: '园中有池，池畔有石，石上可坐二三人，与客饮茶论古，不知日之将夕。',
  [PLUM]: '余居城南，有园三亩，种梅一株，竹数十竿，春来则鸟鸣其上。',
};
const translation = '园子里有个水塘，和客人一边喝茶一边聊古人，没留神天都快黑了。';

interface Replaced {
  origin: string;
  readings: readonly StoredReading[];
  kept: readonly string[] | undefined;
}

function openDesk() {
  const replaced: Replaced[] = [];
  let told = 0;
  const announce = async () => {
    told += 1;
  };
  const work: Work = {
    ...{ id: WORK, slug: 'document-1', position: 0, title: '小园记', author: null, dynasty: null },
    ...{ category: '其他', aliases: [], introduction: null, contentHash: '' },
    ...{ chapterCount: 1, passageCount: 2, characterCount: 50 },
  };
  const stores = {
    library: {
      work: async () => work,
      passagesOfWork: async () =>
        Object.entries(texts).map(([id, text], n) => ({
          ...{ id, workId: WORK, chapterId: WORK, n, text, textHash: textHashOf(text) },
        })),
      touch: async () => undefined,
    },
    readings: {
      replace: async (
        _: string,
        origin: string,
        readings: readonly StoredReading[],
        kept?: readonly string[],
      ) => void replaced.push({ origin, readings, kept }),
    },
  };
  const take = createReadingUpload({
    stores,
    transact: (deed) => deed(stores),
    published: { refresh: async () => undefined, announce },
  });
  const upload = (...lines: object[]) =>
    take(WORK, lines.map((line) => JSON.stringify(line)).join('\n'));
  return { upload, replaced, told: () => told };
}

describe('readings that are uploaded', () => {
  it('belong to the text as it is where no other is named, and to whoever edited it', async () => {
    const { upload, replaced } = openDesk();
    expect(await upload({ passageId: POND, translation })).toMatchObject({ taken: 1 });
    const [uploaded, editorial] = replaced;
    expect(uploaded).toMatchObject({ origin: 'uploaded', readings: [{ translation }] });
    expect(uploaded?.readings[0]?.textHash).toBe(textHashOf(texts[POND]));
    expect(editorial).toEqual({ origin: 'editorial', readings: [], kept: [] });
  });

  it('are by AI where they say so', async () => {
    const { upload, replaced } = openDesk();
    await upload({ passageId: POND, translation, madeBy: 'ai' }, { passageId: PLUM, gist: '小园' });
    expect(replaced.map(({ origin, readings }) => [origin, readings[0]?.passageId])).toEqual([
      ['uploaded', PLUM],
      ['editorial', POND],
    ]);
  });

  it('leave what was there where a line is set aside, and say why', async () => {
    const { upload, replaced } = openDesk();
    const other = { passageId: PLUM, textHash: '0123456789abcdef', gist: '小园' };
    expect(await upload({ passageId: POND, translation }, other)).toEqual({
      taken: 1,
      setAside: [PLUM],
      reasons: [{ path: '第 2 行', message: expect.stringContaining('不符') }],
    });
    expect(replaced.map(({ kept }) => kept)).toEqual([[PLUM], [PLUM]]);
  });

  it('change nothing where none was taken', async () => {
    const { upload, replaced, told } = openDesk();
    const reply = await upload({ passageId: NOWHERE, gist: '别处' });
    expect(reply).toMatchObject({ taken: 0, setAside: [NOWHERE] });
    expect(reply.reasons).toEqual([{ path: '第 1 行', message: '这部书里没有这一段' }]);
    expect([replaced, told()]).toEqual([[], 0]);
  });

  it('are refused with every fault of every line, also those only the text shows', async () => {
    const { upload, replaced } = openDesk();
    const notes = [{ term: '池塘', reading: null, meaning: '水塘' }];
    const faulty = upload(
      { passageId: POND, notes, translation: '池' },
      { passageId: PLUM, gist: '字'.repeat(201), themes: ['梅', '梅'] },
      { passageId: NOWHERE },
    );
    await expect(faulty).rejects.toMatchObject({
      status: 400,
      details: [
        { path: '第 1 行.notes.0.term', message: '不在这一段原文里' },
        { path: '第 1 行.translation', message: '比原文短得太多' },
        { path: '第 2 行.gist' },
        { path: '第 2 行.themes', message: '有重复' },
        { path: '第 3 行', message: expect.stringContaining('至少要有一样') },
      ],
    });
    await expect(upload({ passageId: PLUM, translation: '园'.repeat(300) })).rejects.toMatchObject({
      details: [{ path: '第 1 行.translation', message: '比原文长得太多' }],
    });
    expect(replaced).toEqual([]);
  });
});
