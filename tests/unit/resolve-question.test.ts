import type { Turn } from '../../ai/memory/conversation-window.ts';
import { pointAskedFor, pointOf } from '../../ai/questions/answer-points.ts';
import { resolveQuestion } from '../../ai/questions/resolve-question.ts';
import {
  dingFengBo,
  jingYeSi,
  libraryOf,
  passageOf,
  weiZheng,
  xueEr,
} from '../support/passages.ts';

const chapter = { chapterId: 'weizheng', chapter: '为政篇' };
const before = passageOf('weizheng-0', '子曰：「温故而知新，可以为师矣。」', chapter);
const after = passageOf('weizheng-2', '子曰：「由，诲女知之乎？知之为知之。」', chapter);
const library = libraryOf([xueEr, before, weiZheng, after, jingYeSi, dingFengBo]);

const talked = (question: string, answer: string, ...passages: { id: string }[]): Turn[] => [
  { role: 'user', content: question },
  {
    role: 'assistant',
    content: answer,
    citations: passages.map(({ id }) => ({ passageId: id })),
  },
];
const asked = (...questions: string[]): Turn[] =>
  questions.flatMap((question) => talked(question, '（一段很长的回答，这句话里也说到继续。）'));

const resolve = (question: string, history: Turn[] = [], mode: 'qa' | 'socratic' = 'qa') =>
  resolveQuestion({ question, history, mode }, library);
const query = (question: string, history: Turn[] = []) => resolve(question, history).query;
const anchors = (...given: Parameters<typeof resolve>) =>
  resolve(...given).anchors.map(({ id }) => id);

describe('a question that is searched for on its own', () => {
  it('is nothing for small talk', () => {
    expect(query('谢谢老师！', asked('李白是谁'))).toBeUndefined();
  });

  it('is itself when it is the first, or needs nothing from before', () => {
    expect(query('这句是什么意思')).toBe('这句是什么意思');
    expect(query('苏轼有哪些词', asked('李白是谁'))).toBe('苏轼有哪些词');
  });

  it('is itself when it quotes what it asks about, or is long enough to say it', () => {
    const history = asked('李白是谁');
    for (const question of [
      '「罔」是什么意思',
      '《师说》是谁写的',
      '这个道理和孟子讲的性善论之间到底有什么样的关系呢',
    ]) {
      expect(query(question, history)).toBe(question);
    }
  });

  it('takes the question before along when it points back, in either script', () => {
    const history = asked('学而不思则罔出自哪里');
    for (const question of [
      '它是什么意思？',
      '下一句呢',
      '再讲详细一点',
      '作者是谁',
      '再講詳細一點',
    ]) {
      expect(query(question, history)).toBe(`学而不思则罔出自哪里\n${question}`);
    }
  });

  it('goes back as far as the question that stands alone, and no further', () => {
    const history = asked('李白是谁', '杜甫是谁', '继续', '再讲详细一点');
    expect(query('继续', history)).toBe('杜甫是谁\n继续\n再讲详细一点\n继续');
    expect(query('继续', asked('继续'))).toBe('继续\n继续');
  });

  it('names the works of the last answer, and its authors when a person is asked for', () => {
    const history = talked('哪首诗写月亮？', '比如《静夜思》[1]。', jingYeSi);
    expect(query('它是什么意思？', history)).toBe('哪首诗写月亮？\n它是什么意思？\n《静夜思》');
    expect(query('他还写过什么？', history)).toBe(
      '哪首诗写月亮？\n他还写过什么？\n李白\n《静夜思》',
    );
    expect(query('它是什么意思？', talked('《静夜思》写什么', '《静夜思》写月。'))).toBe(
      '《静夜思》写什么\n它是什么意思？',
    );
  });
});

describe('a point of the last answer', () => {
  const lists: [string, string][] = [
    ['数字', '有三点：\n1. 要常温习[1]。\n2. **要**独立思考[2]。\n3. 要请教别人。'],
    ['汉字', '一、要常温习。\n二、要独立思考。\n三、要请教别人。'],
    ['圈码', '①要常温习；②要独立思考；③要请教别人。'],
    ['次序', '首先，要常温习。其次，要独立思考。最后，要请教别人。'],
    ['第几', '第一，要常温习；第二，要独立思考；第三，要请教别人。'],
    ['小标题', '## （一）要常温习\n## （二）要独立思考\n## （三）要请教别人'],
  ];
  it.each(lists)('is told in its own words: %s', (_, answer) => {
    const history = talked('怎样学习才好？', answer);
    for (const question of ['第二点再讲讲', '第2点呢', '②再说说']) {
      expect(query(question, history)).toMatch(/^怎样学习才好？\n要独立思考/);
    }
    expect(query('最后一点展开讲讲', history)).toMatch(/^怎样学习才好？\n要请教别人/);
  });

  it('that is not there leaves the question as it is', () => {
    const history = talked('怎样学习才好？', '要多读。1.5 倍速听也行。');
    expect(query('第二点再讲讲', history)).toBe('怎样学习才好？\n第二点再讲讲');
    expect(pointOf('一二三', 1)).toBeUndefined();
    expect(pointAskedFor('下一句呢')).toBeUndefined();
  });
});

describe('what stands beside a passage', () => {
  const history = talked('「思而不学则殆」出自哪里？', '出自《论语》[2]。', xueEr, weiZheng);

  it('comes first: the next after the last words, the one before before', () => {
    expect(anchors('那它的下一句呢？', history)).toEqual(['weizheng-2', 'weizheng-1']);
    expect(anchors('下一句呢', history)).toEqual(['weizheng-2', 'weizheng-1']);
    expect(anchors('它的前后文呢', history)).toEqual(['weizheng-1', 'weizheng-2', 'weizheng-0']);
  });

  it('comes second where the passage itself goes on', () => {
    const begun = talked('「学而不思则罔」出自哪里？', '出自《论语》[1]。', weiZheng);
    expect(anchors('那它的下一句呢？', begun)).toEqual(['weizheng-1', 'weizheng-2']);
    expect(anchors('上一句呢？', begun)).toEqual(['weizheng-0', 'weizheng-1']);
  });

  it('is looked for within the chapter only, and of an answer that points at nothing at its best', () => {
    const uncited = talked('静夜思', '这首诗写月。', jingYeSi, dingFengBo);
    expect(anchors('下一句呢', uncited)).toEqual(['libai-1']);
  });

  it('is nothing when the answer was given no passage, or one that is gone', () => {
    expect(anchors('下一句呢', talked('你好', '你好！'))).toEqual([]);
    expect(anchors('下一句呢', talked('孟子', '[1]', { id: 'gone' }))).toEqual([]);
  });
});

describe('a learner who answers the tutor', () => {
  const history = talked(
    '学习和思考是什么关系？',
    '先看「学而不思则罔」[1]，罔是什么样子？',
    weiZheng,
  );

  it('goes on with the same passages', () => {
    expect(resolve('就是会糊里糊涂', history, 'socratic')).toMatchObject({
      query: '学习和思考是什么关系？\n就是会糊里糊涂',
      goesOn: true,
    });
    expect(anchors('就是会糊里糊涂', history, 'socratic')).toEqual(['weizheng-1']);
  });

  it('asks anew with a question', () => {
    const anew = '「温故而知新」是什么意思？';
    expect(resolve(anew, history, 'socratic')).toMatchObject({
      query: anew,
      anchors: [],
      goesOn: false,
    });
  });

  it('is an ordinary question in the other modes', () => {
    expect(resolve('就是会糊里糊涂', history)).toMatchObject({
      query: '就是会糊里糊涂',
      anchors: [],
    });
  });
});

describe('the thread of a conversation', () => {
  const begun = talked('「学而不思则罔」是什么意思？', '「学而不思则罔」[1]', weiZheng);

  it.each(['谢谢老师', '明白了！', '你是谁'])('is not lost by 「%s」', (said) => {
    const history = [...begun, ...talked(said, '不客气！')];
    expect(anchors('那它的下一句呢？', history)[0]).toBe('weizheng-1');
    expect(query('再讲讲', history)).toMatch(/^「学而不思则罔」是什么意思？/);
  });

  it('is not lost by a question on which the library had nothing', () => {
    const history = [...begun, ...talked('爱因斯坦是谁', '没有找到')];
    expect(anchors('再讲讲', history)).toEqual(['weizheng-1']);
  });

  it.each([
    '谁说的？',
    '为什么？',
    '出处？',
    '能用大白话再说一遍吗',
    '孔子为什么这样说？',
    '什么朝代的',
    '举个例子',
    '什么意思',
  ])('goes on with 「%s」, about what was shown', (question) => {
    expect(resolve(question, begun)).toMatchObject({ goesOn: true });
    expect(anchors(question, begun)).toEqual(['weizheng-1']);
  });

  it('says that it is asked who wrote something, or nothing but the same again', () => {
    expect(resolve('谁说的？', begun).focus).toEqual({ kind: 'source' });
    expect(resolve('为什么？', begun).focus).toEqual({ kind: 'same' });
    expect(resolve('举个例子', begun).focus).toBeUndefined();
  });

  it('leads to others than were shown when another one is wanted', () => {
    const poem = talked('哪首诗写月亮？', '比如《静夜思》[1]。', jingYeSi);
    expect(resolve('再来一首', poem)).toMatchObject({
      anchors: [],
      shown: [],
      besides: ['libai-1'],
    });
  });

  it('is tried for a short question that names something of it, not for any other', () => {
    expect(resolve('读书不思考的人会罔吗，学而不思好吗', begun).fallbacks).toHaveLength(1);
    for (const question of ['爱因斯坦是谁', '苏轼有哪些词', '电脑里学而不思怎么办'])
      expect(resolve(question, begun).fallbacks).toEqual([]);
  });
});

describe('a point of an answer that shows several passages', () => {
  const shown = [xueEr, weiZheng, jingYeSi];

  it('is the passage that the point points at', () => {
    const answer = '有三点：\n1. 要常温习[2]。\n2. 要独立思考[1]。\n3. 要请教别人。';
    const history = talked('怎样学习才好？', answer, ...shown);
    expect(anchors('第二点再讲讲', history)).toEqual(['xueer-1']);
    expect(resolve('第二点再讲讲', history).focus).toEqual({ kind: 'point' });
    expect(anchors('第三点再讲讲', history)).toEqual([]);
  });

  it('is the passage in that place where it has no points', () => {
    const history = talked('怎样学习才好？', '「……」[1]\n「……」[2]\n「……」[3]', ...shown);
    expect(anchors('第二点再讲讲', history)).toEqual(['weizheng-1']);
    expect(anchors('第三首呢', history)).toEqual(['libai-1']);
    expect(anchors('最后一首呢', history)).toEqual(['libai-1']);
    expect(anchors('第五点呢', history)).toEqual([]);
  });
});

describe('going from line to line', () => {
  const lead = (history: Turn[], question: string) => {
    const { anchors: passages, focus } = resolve(question, history);
    const told = talked(question, '「……」[1]', ...passages);
    return { first: passages[0]?.id, focus, history: [...history, ...told] };
  };
  const walk = (begun: Turn[], ...questions: string[]) => {
    let history = begun;
    return questions.map((question) => {
      const step = lead(history, question);
      history = step.history;
      return [step.first, step.focus];
    });
  };

  it('moves on from what was shown, line by line and then passage by passage', () => {
    const begun = talked('「学而不思则罔」是什么意思？', '[1]', weiZheng);
    expect(walk(begun, '下一句呢？', '再下一句呢？', '再下一句呢？', '上一句呢')).toEqual([
      ['weizheng-1', { kind: 'next', line: '思而不学则殆' }],
      ['weizheng-2', { kind: 'next' }],
      ['weizheng-2', { kind: 'last' }],
      ['weizheng-1', { kind: 'previous' }],
    ]);
  });

  it('stops at the first and the last line of a poem, and says so', () => {
    const begun = talked('「疑是地上霜」是什么意思？', '[1]', jingYeSi);
    expect(walk(begun, '上一句', '上一句', '下一句')).toEqual([
      ['libai-1', { kind: 'previous', line: '牀前明月光' }],
      ['libai-1', { kind: 'first' }],
      ['libai-1', { kind: 'next', line: '疑是地上霜' }],
    ]);
    expect(walk(begun, '下一句', '下一句', '下一句', '上一句')).toEqual([
      ['libai-1', { kind: 'next', line: '舉頭望明月' }],
      ['libai-1', { kind: 'next', line: '低頭思故鄉' }],
      ['libai-1', { kind: 'last' }],
      ['libai-1', { kind: 'previous', line: '舉頭望明月' }],
    ]);
  });
});

describe('a word of what was shown', () => {
  const begun = talked('「学而不思则罔」出自哪里？', '[1]', weiZheng);

  it('is asked about within it; any other word is not', () => {
    for (const question of ['罔是什么意思', '罔字怎么读？', '「罔」是什么意思？'])
      expect(resolve(question, begun)).toMatchObject({ goesOn: true, anchors: [weiZheng] });
    for (const question of ['愠是什么意思', '仁是什么意思？'])
      expect(resolve(question, begun)).toMatchObject({ goesOn: false, query: question });
  });
});

describe('what a person said or wrote besides', () => {
  it('is searched for with what was talked about, and not what was shown', () => {
    const begun = talked('李白是谁？', '《静夜思》[1]', jingYeSi);
    expect(resolve('那他说过什么关于月亮的话', begun)).toMatchObject({ goesOn: true, anchors: [] });
    expect(query('再来一首', begun)).toBe('李白是谁？\n《静夜思》');
  });
});

describe('the text that follows', () => {
  it('is the next passage, though the words stand at the beginning of theirs', () => {
    const begun = talked('「学而不思则罔」是什么意思？', '[1]', weiZheng);
    expect(anchors('它的下文讲什么？', begun)).toEqual(['weizheng-2', 'weizheng-1']);
  });
});
