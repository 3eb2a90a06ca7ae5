import { createPassageEmbeddings } from '../../ai/rag/embeddings/create-passage-embeddings.ts';
import { readModelFile } from '../../ai/rag/embeddings/model-file.ts';
import { loadShippedModel, TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';

type Row = readonly [gram: string, components: readonly number[]];

/** What `pack.py` would write for two small tables, all scales 1. */
function modelBytes(bits: 4 | 8, questions: readonly Row[], passages: readonly Row[]): Uint8Array {
  const dimension = 2;
  const header = Buffer.from('GXE1'.padEnd(20, '\0'));
  [dimension, bits, questions.length, passages.length].forEach((value, at) => {
    header.writeUInt32LE(value, 4 + 4 * at);
  });
  const tables = [questions, passages].flatMap((rows) => [
    ...rows.map(([gram]) => Buffer.from(`\0${gram}`.slice(-2), 'utf16le')),
    ...rows.map(() => Buffer.from(new Float32Array([1]).buffer)),
    ...rows.map(([, [first = 0, second = 0]]) =>
      Buffer.from(bits === 8 ? Int8Array.of(first, second) : [(first + 8) | ((second + 8) << 4)]),
    ),
  ]);
  return Buffer.concat([header, ...tables]);
}

const QUESTIONS: Row[] = [
  ['月', [3, 4]],
  ['月亮', [-3, 4]],
];
const PASSAGES: Row[] = [['月', [7, 0]]];
const read = (bits: 4 | 8) => readModelFile(modelBytes(bits, QUESTIONS, PASSAGES));
const fold = (text: string) => text;

describe('a trained model', () => {
  it.each([4, 8] as const)('of %d bits a component has a table for each side', async (bits) => {
    const embeddings = new TrainedEmbeddings({ model: read(bits), fold });
    expect(embeddings.dimension).toBe(2);
    expect(await embeddings.embedQuery('月')).toEqual([0.6, 0.8]);
    expect(await embeddings.embedDocuments(['月', '月月', ''])).toEqual([
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('adds up characters and pairs, and leaves out what it does not know', async () => {
    const embeddings = new TrainedEmbeddings({ model: read(4), fold });
    expect(await embeddings.embedQuery('月亮')).toEqual([0, 1]);
    expect(await embeddings.embedQuery('𠮷月？')).toEqual([0.6, 0.8]);
    expect(await embeddings.embedQuery('亮')).toEqual([0, 0]);
  });

  it('is called by its bytes, since vectors of another are another space', () => {
    const other = readModelFile(modelBytes(4, QUESTIONS, [['月', [0, 7]]]));
    expect(read(4).name).toMatch(/^guoxue-static-[0-9a-f]{8}$/);
    expect(read(4).name).toBe(read(4).name);
    expect(other.name).not.toBe(read(4).name);
  });

  it('is refused when its bytes are something else or not all there', () => {
    const whole = modelBytes(4, QUESTIONS, PASSAGES);
    expect(() => readModelFile(whole.subarray(0, -1))).toThrow('damaged');
    expect(() => readModelFile(Buffer.from('PK\x03\x04 something else entirely'))).toThrow(
      'not an',
    );
    expect(() => readModelFile(new Uint8Array())).toThrow('not an');
  });
});

describe('the model that comes with the program', () => {
  const open = async () =>
    new TrainedEmbeddings({ model: await loadShippedModel(), fold: foldText });

  async function nearness(question: string, passage: string): Promise<number> {
    const embeddings = await open();
    const asked = await embeddings.embedQuery(question);
    const [vector = []] = await embeddings.embedDocuments([passage]);
    return asked.reduce((sum, component, axis) => sum + component * (vector[axis] ?? 0), 0);
  }

  it('finds a classical sentence by modern words that do not stand in it', async () => {
    const passage = '子曰：「过犹不及。」';
    const meant = await nearness('做得过头和做得不够是一样的', passage);
    expect(meant).toBeGreaterThan(await nearness('春天的鸟在树上唱歌', passage));
    expect(meant).toBeGreaterThan(
      await nearness('做得过头和做得不够是一样的', '关关雎鸠，在河之洲。'),
    );
  });

  it('reads traditional characters and punctuation as what they stand for', async () => {
    const embeddings = await open();
    expect(await embeddings.embedDocuments(['學而時習之，不亦說乎？'])).toEqual(
      await embeddings.embedDocuments(['学而时习之不亦说乎']),
    );
  });

  it('has vectors of length one', async () => {
    for (const text of ['仁', '道可道，非常道', '什么是君子？']) {
      expect(Math.hypot(...(await (await open()).embedQuery(text)))).toBeCloseTo(1, 2);
    }
  });

  it('leaves others their turn while it embeds thousands', async () => {
    const texts = Array.from({ length: 2_000 }, (_, n) => `第${n}章 子曰：「学而时习之。」`);
    let turns = 0;
    const ticking = setInterval(() => void turns++, 1);
    expect(await (await open()).embedDocuments(texts)).toHaveLength(texts.length);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
  });

  it('is what passages are embedded with unless another provider is set', async () => {
    const local = await createPassageEmbeddings({ kind: 'local', fold: foldText });
    const { modelName, dimension } = await open();
    expect(local).toMatchObject({ model: modelName, dimension });
    expect(await local.embedPassages(['仁者爱人'])).not.toEqual([
      await local.embedQuery('仁者爱人'),
    ]);
  });
});
