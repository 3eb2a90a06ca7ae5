/** Everything the offline tutor says in its own words. */
const countWords = ['一', '两', '三'];

export const phrases = {
  greeting:
    '你好，我是国学导师。可以问我一句话的意思、出处，或者古人怎么看一件事，比如「学而不思则罔」是什么意思。',
  smallTalk: {
    introduction:
      '我是国学导师。可以问我一句话的意思、出处，或者古人怎么看一件事，比如「学而不思则罔」是什么意思。',
    thanks: '不客气！还想读哪一句、哪一篇，接着问我就好。',
    understood: '好，那我们接着读。还有哪里想弄明白，尽管问。',
    farewell: '再见！读到不懂的句子，再来问我。',
  },
  opening: (count: number) =>
    `我在书库里找到了${countWords[count - 1] ?? count}处与你的问题最接近的原文：`,
  nextLine: (line: string) => `下一句是「${line}」，原文在这里：`,
  previousLine: (line: string) => `上一句是「${line}」，原文在这里：`,
  nextPassage: '接下来的原文是：',
  previousPassage: '前面的原文是：',
  lastLine: (place: string) => `这已是${place}的最后一句，后面没有了：`,
  firstLine: (place: string) => `这已是${place}的第一句，前面没有了：`,
  lookAgain: '这一问要靠讲解，离线时讲不了；我们再看一遍原文和字词：',
  thatPoint: '你问的那一处，原文是：',
  source: (place: string, author: string) => `这出自${place}，${author}：`,
  writtenBy: (author: string) => `作者是${author}`,
  saidBy: (speaker: string) => `开头写的是「${speaker}」`,
  authorUnknown: '书里没有注明作者',
  excerpt: '（节选）',
  notes: '字词',
  gloss: (term: string, reading: string | null, meaning: string) =>
    reading === null ? `${term}：${meaning}` : `${term}（${reading}）：${meaning}`,
  translation: (words: string) => `今译：${words}`,
  gist: (words: string) => `大意：${words}`,
  doubt: (words: string) => `要留意，这一处尚有疑问或不同说法：${words.replace(/。$/u, '')}。`,
  readAs: (term: string, reading: string) => `「${term}」在这里读 ${reading}。`,
  translated: '照着译一译，再和原文对一对：',
  tellMeaning: '那我来说说这一段的意思：',
  writtenWithAi: '（今译、大意和注释由 AI 撰写，供参考。）',
  readings: (terms: string[]) => `读音：${terms.join('、')}`,
  reading: (term: string, reading: string) => `${term}（${reading}）`,
  noHardWords: '这一段里没有收进词表的难字难词。',
  sentenceByYourself: '逐句讲解要用语言模型；先对照上面的字词，自己一句一句说说看。',
  gistByYourself: '概括大意也要用语言模型；试着用一句话说出这一段在讲什么。',
  compare: '书库里还有意思相近的原文，可以对照着读：',
  nothingToCompare: '书库里没有找到可以对照的另一段原文。',
  noTranslation: '没有语言模型，写不出译文；下面是原文和难字难词的注释，可以照着自己译。',
  noClassicalWriting:
    '没有语言模型，不能把今天的话写成文言；下面是书库里意思最接近的原文，可以借它的词句来写。',
  lookFirst: '先不急着要答案，我们一起看原文：',
  askWord: (term: string) => `想一想：这里的“${term}”是什么意思？为什么？`,
  askWhole: '再想一步：这几句话合起来，想告诉我们什么？用自己的话说说看。',
  helpWithWords: '没关系，先看看这些字词：',
  readBeside: '不要紧，换一段意思相近的原文对照着读，也许就明白了：',
  tellPlace: '这里没有别的提示了；讲解要用语言模型，可以先请老师或家人一起读这一段：',
  checkYourself: '你说完了，来对照一下字词：',
  nothingFound: '我在书库里没有找到能回答这个问题的原文，不敢随便编一个答案。',
  rephrase: '换个说法再问一次吧：可以写上书名、篇名，或者原文里的几个字。',
  noModel: '（离线导师：只给原文和书库里的今译、注释，不另作讲解。）',
};
