import { CitationMarkers } from '../../ai/citation-markers.ts';
import { createRandom } from '../support/random.ts';

const KNOWN = [1, 2, 3, 4, 5, 6, 7, 8];

function through(pieces: readonly string[], known: readonly number[] = KNOWN): string {
  const markers = new CitationMarkers(known);
  return pieces.map((piece) => markers.push(piece)).join('') + markers.end();
}

describe('citation markers in an answer', () => {
  it.each([
    ['points at what was given', '见此[1]。', '见此[1]。'],
    ['points at nothing', '见此[9]，又[0]。', '见此，又。'],
    ['names several', '见[1, 2]和[3，9、4]。', '见[1][2]和[3][4]。'],
    ['names every passage there is', '[1, 2, 3, 4, 5, 6, 7, 8]', '[1][2][3][4][5][6][7][8]'],
    ['has space inside', '见[ 1 ]。', '见[1]。'],
    ['stands beside another', '[1][9][2]', '[1][2]'],
    [
      'is no marker at all',
      '[注] [a] [] [ ] [1a] [1-2] 【1】 a[',
      '[注] [a] [] [ ] [1a] [1-2] 【1】 a[',
    ],
    ['opens twice', '[[1]', '[[1]'],
    ['is longer than any marker', `[${'1'.repeat(90)}]`, `[${'1'.repeat(90)}]`],
  ])('that %s', (_, text, shown) => {
    expect(through([text])).toBe(shown);
    expect(through([...text])).toBe(shown);
  });

  it('show nothing unknown, whatever is known', () => {
    expect(through(['[1][2]'], [])).toBe('');
    expect(through(['[1][2]'], [2])).toBe('[2]');
  });

  it('are the same wherever the answer was cut while it came', () => {
    const random = createRandom(17);
    const characters = [...'[[[]]]1239,，、 学\n', '𠀀'];
    for (let round = 0; round < 2_000; round += 1) {
      const text = random.text(characters, random.below(40));
      const [one, other] = [random.below(text.length + 1), random.below(text.length + 1)].sort(
        (a, b) => a - b,
      );
      const whole = through([text]);
      expect(through([...text])).toBe(whole);
      expect(through([text.slice(0, one), text.slice(one, other), text.slice(other)])).toBe(whole);
    }
  });

  it('let every other text pass at once', () => {
    const markers = new CitationMarkers(KNOWN);
    expect(markers.push('学而时习之')).toBe('学而时习之');
    expect(markers.push('[注]')).toBe('[注]');
  });

  it('wait only for what may still become one, and give it back at the end', () => {
    const markers = new CitationMarkers(KNOWN);
    expect(markers.push('罔[1')).toBe('罔');
    expect(markers.push('，')).toBe('');
    expect(markers.push('注]')).toBe('[1，注]');
    expect(markers.push('殆[2')).toBe('殆');
    expect(markers.end()).toBe('[2');
    expect(markers.end()).toBe('');
  });
});
