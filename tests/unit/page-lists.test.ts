import { groupSessions } from '../../web/src/conversation/session-groups.ts';
import { bylineOf, firstWords, sourceOf } from '../../web/src/conversation/source-name.ts';
import { groupWorks } from '../../web/src/library/group-works.ts';
import { readScript, sparingQian } from '../../web/src/script/classical-script.ts';

describe('lists on the page', () => {
  it('puts works on shelves in the order of the four treasuries, the rest last', () => {
    const works = [
      { category: null, title: '甲' },
      { category: '子部', title: '庄子' },
      { category: '经部', title: '论语' },
      { category: '子部', title: '老子' },
    ];
    expect(
      groupWorks(works, '其他').map(({ category, works }) => [category, works.length]),
    ).toEqual([
      ['经部', 1],
      ['子部', 2],
      ['其他', 1],
    ]);
  });

  it('groups sessions by age and leaves empty groups out', () => {
    const now = new Date(2026, 4, 20, 9);
    const at = (daysAgo: number) => ({
      createdAt: new Date(2026, 4, 20 - daysAgo, 8).toISOString(),
      lastMessageAt: null,
    });
    expect(groupSessions([at(0), at(6), at(40)], now).map(({ age }) => age)).toEqual([
      'today',
      'week',
      'earlier',
    ]);
    expect(groupSessions([at(2)], now).map(({ age }) => age)).toEqual(['week']);
  });
});

describe('naming a source', () => {
  it('writes work and chapter once each', () => {
    expect(sourceOf({ work: '论语', chapter: '为政' })).toBe('《论语·为政》');
    expect(sourceOf({ work: '大学', chapter: '大学' })).toBe('《大学》');
    expect(sourceOf({ work: null, chapter: null })).toBe('');
    expect(bylineOf({ author: null, dynasty: '唐' })).toBe('唐');
  });

  it('counts characters, not code units, in the first words', () => {
    expect(firstWords('𠮷日\n兮辰良', 3)).toBe('𠮷日兮…');
  });
});

describe('the reader’s script', () => {
  it('is simplified unless chosen otherwise', () => {
    expect(readScript(null)).toBe('simplified');
    expect(readScript('traditional')).toBe('traditional');
  });

  it('never turns the first hexagram into 干', () => {
    const convert = sparingQian((text) => text.replaceAll('貞', '贞').replaceAll('乾', '干'));
    expect(convert('乾，元亨利貞')).toBe('乾，元亨利贞');
  });
});
