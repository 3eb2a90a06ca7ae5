import {
  conversationWindow,
  type Turn,
  turnCounter,
  turnsToFold,
  type WindowMarks,
} from '../../ai/memory/conversation-window.ts';
import { estimateTokens } from '../../ai/tokens/count-tokens.ts';
import { createRandom } from '../support/random.ts';

const count = turnCounter(estimateTokens);
const turn = (n: number, length = 10): Turn => ({
  role: n % 2 === 0 ? 'user' : 'assistant',
  content: `${n}`.padEnd(length, '文'),
});
const costOf = (turns: readonly Turn[]) => turns.reduce((sum, each) => sum + count(each), 0);
const window = (turns: readonly Turn[], marks: WindowMarks) =>
  conversationWindow(turns, marks, count);

const random = createRandom(23);
const conversation = (exchanges: number, longest: number) =>
  Array.from({ length: exchanges * 2 }, (_, n) => turn(n, 2 + random.below(longest)));

describe('what of a conversation is still told', () => {
  it('is everything while it fits', () => {
    const turns = [0, 1, 2, 3].map((n) => turn(n));
    expect(window(turns, { most: 1_000, least: 10 })).toEqual(turns);
  });

  it('is nothing when there is nothing, or no room', () => {
    const marks = { most: 100, least: 50 };
    expect(window([], marks)).toEqual([]);
    expect(window([turn(0), turn(1)], { most: 0, least: 0 })).toEqual([]);
    expect(window([turn(0, 5_000), turn(1)], marks)).toEqual([]);
  });

  it('is the last exchange even if that is more than the lower mark', () => {
    const turns = [...conversation(4, 30), turn(8, 20), turn(9, 80)];
    expect(window(turns, { most: 110, least: 50 })).toEqual(turns.slice(-2));
  });

  it('is the latest, beginning with a question, and never more than the upper mark', () => {
    for (let round = 0; round < 200; round += 1) {
      const turns = conversation(random.below(20), 60);
      const most = random.below(400);
      const told = window(turns, { most, least: Math.floor(most / 2) });
      expect(told).toEqual(turns.slice(turns.length - told.length));
      expect(costOf(told)).toBeLessThanOrEqual(most);
      if (told.length > 0) expect(told[0]?.role).toBe('user');
    }
  });

  it('keeps its beginning for many turns and then drops a good piece at once', () => {
    for (let round = 0; round < 20; round += 1) {
      const turns = conversation(60, 40);
      const marks = { most: 600, least: 300 };
      const beginnings = new Set<string | undefined>();
      for (let exchanges = 1; exchanges <= 60; exchanges += 1) {
        const told = window(turns.slice(0, exchanges * 2), marks);
        beginnings.add(told[0]?.content);
      }
      // An exchange is 12 to 76 tokens: some ten of them are told between two cuts.
      expect(beginnings.size).toBeLessThan(15);
    }
  });
});

describe('what is folded into the summary', () => {
  const marks = { most: 300, least: 150 };

  it('is nothing until it is too much', () => {
    expect(turnsToFold([], marks, count)).toBe(0);
    expect(turnsToFold([turn(0), turn(1)], marks, count)).toBe(0);
  });

  it('are the oldest exchanges, so that what is left begins with a question', () => {
    for (let round = 0; round < 200; round += 1) {
      const turns = conversation(2 + random.below(30), 60);
      const folded = turnsToFold(turns, marks, count);
      const left = turns.slice(folded);
      if (costOf(turns) <= marks.most) expect(folded).toBe(0);
      else {
        expect(left[0]?.role).toBe('user');
        expect(costOf(left) <= marks.least || left.length === 2).toBe(true);
        expect(costOf(turns.slice(folded - 2)) > marks.least).toBe(true);
      }
    }
  });

  it('never is the last exchange', () => {
    const turns = [turn(0, 300), turn(1, 300)];
    expect(turnsToFold(turns, marks, count)).toBe(0);
    expect(turnsToFold([...conversation(3, 90), ...turns], marks, count)).toBe(6);
  });
});
