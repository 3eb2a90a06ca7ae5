/** Everything the offline tutor says in its own words. */
const countWords = ['一', '两', '三'];

export const phrases = {
  greeting:
    '你好，我是国学导师。可以问我一句话的意思、出处，或者古人怎么看一件事，比如「学而不思则罔」是什么意思。',
  opening: (count: number) =>
    `我在书库里找到了${countWords[count - 1] ?? count}处与你的问题最接近的原文：`,
  excerpt: '（节选）',
  notes: '字词',
  gloss: (term: string, reading: string, meaning: string) => `${term}（${reading}）：${meaning}`,
  readings: (terms: string[]) => `读音：${terms.join('、')}`,
  reading: (term: string, reading: string) => `${term}（${reading}）`,
  nothingFound: '我在书库里没有找到能回答这个问题的原文，不敢随便编一个答案。',
  rephrase: '换个说法再问一次吧：可以写上书名、篇名，或者原文里的几个字。',
  noModel:
    '现在没有配置语言模型，所以只能找出原文、注释字词，不作讲解（请管理员设置 DEEPSEEK_API_KEY 来开启讲解）。',
};
