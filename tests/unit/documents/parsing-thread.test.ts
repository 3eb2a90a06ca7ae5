import { jest } from '@jest/globals';
import {
  type ParseOptions,
  parseDocument,
} from '../../../backend/documents/parsing/parse-document.ts';
import { collector, inputOf, readBack, withFile, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const LINE = '子曰：「學而不思則罔，思而不學則殆。」';
const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `${LINE}其${n}。`).join('\n');

const timersRunning = () =>
  process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;

function parse(fileName: string, content: string | Buffer, options: Partial<ParseOptions> = {}) {
  return withFile(content, async (path) => {
    const collected = collector();
    const report = await parseDocument(inputOf(path, fileName), {
      onBatch: async (batch) => collected.add(batch),
      onProgress: async () => {},
      signal: new AbortController().signal,
      ...options,
    });
    return { report, ...collected.result() };
  });
}

describe('a file parsed in a thread', () => {
  it('comes in batches, each waited for, and is the same as read here', async () => {
    const content = await zipOf({ '甲.txt': `第一章\n${lines(3_000)}`, '乙.txt': lines(30) });
    const collected = collector();
    let busy = 0;
    let most = 0;
    let batches = 0;
    const progress: number[] = [];
    const { report } = await parse('a.zip', content, {
      async onBatch(batch) {
        busy += 1;
        most = Math.max(most, busy);
        await new Promise((resolve) => setTimeout(resolve, 5));
        collected.add(batch);
        batches += 1;
        busy -= 1;
      },
      async onProgress(done, total) {
        expect(total).toBe(content.length);
        progress.push(done);
      },
    });
    const { report: expected, ...here } = await readBack('a.zip', content);
    expect(report).toEqual(expected);
    expect(collected.result()).toEqual(here);
    expect(most).toBe(1);
    expect(batches).toBeGreaterThan(2);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  });

  it('is refused with the reason and the words', async () => {
    await expect(parse('a.json', '{')).rejects.toMatchObject({
      name: 'RefusedFile',
      reason: 'bad_json',
      message: expect.stringContaining('JSON'),
    });
  });

  it('ends when it is called off, before and while it runs', async () => {
    const before = AbortSignal.abort(new Error('called off'));
    await expect(parse('a.txt', LINE, { signal: before })).rejects.toThrow('called off');
    const timers = timersRunning();
    const calling = new AbortController();
    const while_ = parse('a.txt', lines(5_000), {
      signal: calling.signal,
      onBatch: async () => calling.abort(new Error('called off')),
    });
    await expect(while_).rejects.toThrow('called off');
    expect(timersRunning()).toBe(timers);
  });

  it('ends with what went wrong where its batches go', async () => {
    const parsing = parse('a.txt', lines(1_000), {
      onBatch: async () => {
        throw new Error('no room');
      },
    });
    await expect(parsing).rejects.toThrow('no room');
  });

  it('is refused when the thread says nothing for too long', async () => {
    const limits = { silenceMs: 1 };
    await expect(parse('a.txt', LINE, { limits })).rejects.toMatchObject({ reason: 'too_slow' });
  });

  it('is refused, and nothing else harmed, when it takes more memory than a thread has', async () => {
    const keys = Array.from({ length: 400_000 }, (_, n) => `"${n}":"字"`).join(',');
    const limits = { heapMegabytes: 8 };
    const parsing = parse('a.json', `[{${keys}}]`, { limits });
    await expect(parsing).rejects.toMatchObject({ reason: 'too_complex' });
  });

  it('of many million characters goes through a small heap', async () => {
    const poem = { title: '秋思', author: '某', paragraphs: Array.from({ length: 8 }, () => LINE) };
    const file = JSON.stringify(
      Array.from({ length: 2_000 }, (_, n) => ({ ...poem, title: `秋思${n}` })),
    );
    const files = Array.from({ length: 12 }, (_, n) => [`卷${n}.json`, file] as const);
    let passages = 0;
    const { characters } = await withFile(await zipOf(Object.fromEntries(files)), async (path) => ({
      characters: (
        await parseDocument(inputOf(path, 'a.zip'), {
          onBatch: async (batch) => {
            passages += batch.passages.length;
          },
          onProgress: async () => {},
          signal: new AbortController().signal,
          limits: { heapMegabytes: 48 },
        })
      ).characters,
    }));
    expect(characters).toBe(12 * 2_000 * 8 * 14);
    expect(passages).toBeGreaterThanOrEqual(24_000);
  }, 60_000);
});
