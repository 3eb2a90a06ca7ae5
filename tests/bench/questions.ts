/** Lines that stand in the default library. */
export const quotations = [
  '学而时习之，不亦说乎',
  '温故而知新，可以为师矣',
  '三人行，必有我师焉',
  '己所不欲，勿施于人',
  '岁寒，然后知松柏之后凋也',
  '得道者多助，失道者寡助',
  '天将降大任于是人也',
  '民为贵，社稷次之，君为轻',
  '大学之道，在明明德',
  '关关雎鸠，在河之洲',
  '蒹葭苍苍，白露为霜',
  '路曼曼其修远兮',
  '老骥伏枥，志在千里',
  '对酒当歌，人生几何',
  '海上生明月，天涯共此时',
  '感时花溅泪，恨别鸟惊心',
  '会当凌绝顶，一览众山小',
  '明月几时有，把酒问青天',
  '人不知而不愠，不亦君子乎',
  '先天下之忧而忧，后天下之乐而乐',
];

const TOPICS = [
  ...[
    '仁爱',
    '孝顺父母',
    '学习的方法',
    '交朋友',
    '诚信',
    '君子和小人',
    '治理国家',
    '战争',
    '思念家乡',
  ],
  ...['送别朋友', '月亮', '春天的花', '秋天的悲伤', '饮酒', '隐居山林', '边塞', '爱情', '时间流逝'],
  ...['改正过错', '节俭'],
];

/** As learners search: a line they remember, a word, a question, a wish. No two alike. */
export function searches(): string[] {
  const aboutTopics = TOPICS.flatMap((topic) => [
    topic,
    `古人怎么看${topic}？`,
    `关于${topic}的诗句有哪些`,
    `孔子或者孟子谈过${topic}吗，原文是怎么说的？`,
  ]);
  return [...quotations, ...aboutTopics];
}

export const warmUpSearches = ['礼', '读书为了什么？', '「白日依山尽」', '写雪的诗', '什么是中庸'];
