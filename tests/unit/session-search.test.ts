import { excerptAround, searchPattern } from '../../backend/chat/session-search.ts';

async function finds(wanted: string, text: string): Promise<boolean> {
  return new RegExp(await searchPattern(wanted), 'iu').test(text);
}

describe('looking for words in what was said', () => {
  it.each([
    ['学而', '讀《論語·學而》'],
    ['學而', '读《论语·学而》'],
    ['为政', '爲政以德'],
    ['为政', '為政以德'],
    ['学而不思则罔思而不学', '学而不思则罔，思而不学则殆'],
    ['学而，不思', '学而不思则罔'],
    ['学  而', '学而时习之'],
    ['LunYu', 'see lunyu 1.1'],
    ['lun yu', 'Lun  Yu'],
    ['𠮷野', '𠮷野家'],
    ['？', '为什么？'],
  ])('%s finds %s', async (wanted, text) => {
    expect(await finds(wanted, text)).toBe(true);
  });

  it.each([
    ['学而', '学时而习'],
    ['lunyu', 'lun yu'],
    ['%', '百分之百'],
    ['.', '一'],
    ['a.c', 'abc'],
    ['[学]', '学'],
    ['^学', '学'],
    ['学|而', '学'],
    ['？', '为什么。'],
  ])('%s does not find %s', async (wanted, text) => {
    expect(await finds(wanted, text)).toBe(false);
  });

  it('is a sound expression whatever was typed', async () => {
    for (const wanted of ['\\', '(', '[', '***:x', '{3', 'a{1}', '（）', '😀', '\\d+', '((((']) {
      expect(await finds(wanted, `前${wanted}后`)).toBe(true);
    }
  });
});

describe('the excerpt around a hit', () => {
  const around = async (text: string, wanted: string) =>
    excerptAround(text, await searchPattern(wanted));

  it('is a short text as a whole, in one line', async () => {
    expect(await around('子曰：\n學而時習之，\n\n不亦說乎？', '学而')).toBe(
      '子曰： 學而時習之， 不亦說乎？',
    );
  });

  it('is a line around the first hit, cut on both sides', async () => {
    const text = `${'前'.repeat(100)}学而时习之${'后'.repeat(100)}学而`;
    const excerpt = await around(text, '学而');
    expect(excerpt).toBe(`…${'前'.repeat(16)}学而时习之${'后'.repeat(39)}…`);
  });

  it('never cuts a character in two', async () => {
    const excerpt = await around(`${'𠮷'.repeat(50)}学而${'𠮷'.repeat(90)}`, '学而');
    expect(excerpt).toBe(`…${'𠮷'.repeat(16)}学而${'𠮷'.repeat(42)}…`);
  });
});
