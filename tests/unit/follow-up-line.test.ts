import { FollowUpLine } from '../../ai/follow-up-line.ts';
import { createRandom } from '../support/random.ts';

function through(pieces: readonly string[], truncated = false) {
  const line = new FollowUpLine();
  const text = pieces.map((piece) => line.push(piece)).join('') + line.end();
  return { text, questions: line.questions(truncated) };
}

const LINE = '【追问】「罔」怎么讲？｜下一句是什么？｜《论语》是谁编的？';
const QUESTIONS = ['「罔」怎么讲？', '下一句是什么？', '《论语》是谁编的？'];

it('takes the line out of the text and reads its questions', () => {
  expect(through([`答完了。\n\n${LINE}`])).toEqual({ text: '答完了。', questions: QUESTIONS });
});

it('comes to the same however it is cut', () => {
  const random = createRandom(71);
  for (const answer of [
    `答[1]。\n\n${LINE}\n`,
    `答。\n\n---\n**【追问】**甲？｜乙？\n\n完。`,
    `一行 \n\n 【追 问】不是 【追】也不是\n * 点\n${LINE}`,
    `没有那一行。  \n\n`,
    `结尾像它【追问`,
  ]) {
    const whole = through([answer]);
    for (let round = 0; round < 200; round += 1) {
      const pieces: string[] = [];
      for (let at = 0; at < answer.length; ) {
        const length = 1 + random.below(5);
        pieces.push(answer.slice(at, at + length));
        at += length;
      }
      expect(through(pieces)).toEqual(whole);
    }
  }
});

it('never shows the beginning of it on the way', () => {
  const line = new FollowUpLine();
  const shown = [...`好。\n\n${LINE}`].map((character) => line.push(character)).join('');
  expect(shown).toBe('好。');
});

it('lets everything pass that only looks like it', () => {
  for (const text of ['好。\n\n', '【追', '【追问', '【注】无', '- 点\n- 点\n', ' \n']) {
    expect(through([...text])).toEqual({ text, questions: [] });
  }
});

it('takes three at most, each once, none too long, whatever stands around them', () => {
  const { questions } = through([
    `【追问】：1. **甲**是谁？｜② 乙呢[2]？|乙呢？ ｜${'长'.repeat(31)}｜｜一日三省是什么意思？｜丁？`,
  ]);
  expect(questions).toEqual(['甲是谁？', '乙呢？', '一日三省是什么意思？']);
});

it('leaves out the one that an answer was cut off in', () => {
  expect(through(['好。\n【追问】甲是谁？｜乙是'], true)).toEqual({
    text: '好。',
    questions: ['甲是谁？'],
  });
  expect(through(['【追问】甲是谁？｜乙是谁？\n后来'], true).questions).toHaveLength(2);
});
