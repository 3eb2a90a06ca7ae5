import type { Citation } from '../../../web/src/api/types.ts';
import { answerAsText } from '../../../web/src/conversation/answer-as-text.ts';
import { plainWords } from '../../../web/src/favorites/plain-words.ts';
import { createThemeChoice, readTheme } from '../../../web/src/theme/theme-choice.ts';
import { someMessage } from '../../support/page-messages.ts';

const citation = (n: number, text: string): Citation => ({
  n,
  text,
  passageId: `p${n}`,
  work: '论语',
  chapter: '为政篇',
  author: null,
  dynasty: '春秋',
});

describe('an answer that is copied', () => {
  const content = '## 学与思\n\n> 「学而不思则罔」[1]\n\n**两者**缺一不可[7]。[1]';

  it('takes along its sources and the mark of what wrote it, without Markdown', () => {
    const message = someMessage('a', {
      content,
      citations: [citation(1, '学而不思\n则罔'), citation(2, '温故而知新')],
    });
    expect(answerAsText(message, (text) => text)).toBe(
      [
        '学与思\n\n「学而不思则罔」[1]\n\n两者缺一不可。[1]',
        '出处：\n[1] 《论语·为政篇》 春秋：学而不思则罔',
        '（国学导师，AI 生成，引文以书库原文为准）',
      ].join('\n\n'),
    );
  });

  it('is in the script it was read in, and says so plainly when it has no sources', () => {
    const message = someMessage('a', { content: '学' });
    expect(answerAsText(message, (text) => text.replace('学', '學'))).toBe(
      '學\n\n（国学导师，AI 生成，引文以书库原文为准）',
    );
  });
});

test('the preview of a favourite is words only', () => {
  expect(plainWords('## 仁\n\n1. **爱人**[1]\n- 「克己」')).toBe('仁\n\n爱人\n「克己」');
});

describe('light and dark', () => {
  it('follow the device unless chosen, and the choice is kept', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const shown: string[] = [];
    const open = () => createThemeChoice(storage, (theme) => void shown.push(theme));
    open().choose('dark');
    expect(open().state.get()).toBe('dark');
    expect(shown).toEqual(['system', 'dark', 'dark']);
    expect(readTheme('purple')).toBe('system');
  });
});
