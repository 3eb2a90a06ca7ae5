import { differingCharacters } from '../../../web/src/conversation/differing-characters.ts';

/** What is marked stands in brackets. */
const marked = (text: string, other: string) =>
  differingCharacters(text, other)
    .map(({ text: run, differs }) => (differs ? `[${run}]` : run))
    .join('');

describe('the characters in which a quotation and its source differ', () => {
  it.each([
    ['学而不思则罔', '学而不思则惘', '学而不思则[罔]'],
    ['三纲者，君臣义', '三纲者臣义', '三纲者，[君]臣义'],
    ['三纲者，臣义', '三纲者君臣义', '三纲者，臣义'],
    ['有朋自远方来', '朋有自远方来', '[有]朋自远方来'],
    ['学而时习之，', '学而，时习之', '学而时习之，'],
    ['𠮷野', '吉野', '[𠮷]野'],
    ['仁', '', '[仁]'],
  ])('%s, quoted as %s', (text, other, expected) => {
    expect(marked(text, other)).toBe(expected);
  });
});
