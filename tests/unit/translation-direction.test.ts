import { translationDirection } from '../../ai/translation-direction.ts';

it.each([
  '学而不思则罔，思而不学则殆',
  '翻译「温故而知新，可以为师矣」',
  '「人不知而不愠」是什么意思',
  '把下面这句译成白话：吾日三省吾身',
  '请把这段话翻译成现代汉语：天行健，君子以自强不息',
  '静夜思',
  '譯成白話：學而時習之',
])('from the classical language: %s', (question) => {
  expect(translationDirection(question)).toBe('to-modern');
});

it.each([
  '把“今天天气很好，我们去爬山吧”翻译一下',
  '我要好好学习，因为知识很重要',
  '用文言文怎么说：朋友之间应该讲信用',
  '把「有志者事竟成」改写成文言',
  '用文言寫：我很想念家鄉',
  '翻译：你不应该把自己不喜欢的事推给别人',
])('from the modern one: %s', (question) => {
  expect(translationDirection(question)).toBe('to-classical');
});
