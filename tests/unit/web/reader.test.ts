import { createReaderSwitches } from '../../../web/src/reader/reader-switches.ts';
import { sendReport } from '../../../web/src/reader/send-report.ts';

describe('the reader', () => {
  it('finds on the next page what it wanted to see beside the text', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const open = () => createReaderSwitches(storage);
    const shown = () => [open().pinyin.state.get(), open().translation.state.get()];
    expect(shown()).toEqual(['hidden', 'shown']);
    open().pinyin.choose('shown');
    open().translation.choose('hidden');
    expect(shown()).toEqual(['shown', 'hidden']);
    kept.set('guoxue.reader.pinyin', 'purple');
    expect(shown()).toEqual(['hidden', 'hidden']);
  });

  it('becomes a guest before it reports, if it is nobody yet', async () => {
    const deeds: unknown[] = [];
    const account = { ensure: async () => void deeds.push('a guest') };
    const client = {
      call: async <Data>(path: string, options?: object) => {
        deeds.push([path, options]);
        return {} as Data;
      },
    };
    await sendReport({ account, client }, 'p1', '「罔」没有译准');
    expect(deeds).toEqual([
      'a guest',
      ['/api/library/passages/p1/reports', { method: 'POST', body: { comment: '「罔」没有译准' } }],
    ]);
  });
});
