import { simplify } from './simplify.ts';

export type SmallTalk = 'greeting' | 'thanks' | 'understood' | 'farewell' | 'introduction';

/** What is said when several things are: the one that wants a reply most comes first. */
const KINDS: Record<SmallTalk, string> = {
  introduction:
    '你是谁|你叫什么名字|你叫什么|你是什么|你是机器人|你是真人|你是人|你是ai|你会什么|你能做什么|你能干什么|你可以做什么|你会做什么|怎么用|在吗|在不在',
  farewell: '再见|拜拜|bye|下次见|明天见|回头见|晚安',
  thanks: '谢谢|多谢|感谢|谢了|辛苦了|辛苦|麻烦您了|麻烦你了|不好意思|对不起',
  understood:
    '好的|好嘞|好呀|好|嗯+|哦+|噢+|行|可以|收到|ok|okay|哈+|嘻+|真好|真棒|太好了|太棒了|真厉害|好厉害|讲得真好|讲得真清楚|不客气|没关系|没事|没事了|不用了' +
    '|我?明白了|我?明白|我?知道了|我?懂了|我?学会了|原来如此|原来是这样',
  greeting:
    '你好|您好|老师好|老师|早上好|早安|早|上午好|中午好|下午好|晚上好|嗨|嘿|哈喽|hello|hi|hey',
};
const PATTERNS = Object.entries(KINDS).map(
  ([kind, words]) =>
    [kind as SmallTalk, new RegExp(`^(?:${words})[啊呀呢吗吧啦呐的您你老师们]*$`, 'i')] as const,
);
const PICTURES = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f/gu;
const PAUSE = /[，,、；;。.！!～~…？?\s]+/;

/** What kind of words they are that need no passage to be answered; undefined of a question. */
export function smallTalkIn(question: string): SmallTalk | undefined {
  const words = simplify(question).replaceAll(PICTURES, ' ');
  const phrases = words.split(PAUSE).filter((phrase) => phrase !== '');
  if (phrases.length === 0) {
    const onlyPictures = question.search(PICTURES) >= 0 && words.trim() === '';
    return onlyPictures ? 'understood' : undefined;
  }
  const said = new Set<SmallTalk | undefined>();
  for (const phrase of phrases) {
    const kind = PATTERNS.find(([, pattern]) => pattern.test(phrase))?.[0];
    if (kind === undefined) return undefined;
    said.add(kind);
  }
  return PATTERNS.find(([kind]) => said.has(kind))?.[0];
}

export function isSmallTalk(question: string): boolean {
  return smallTalkIn(question) !== undefined;
}
