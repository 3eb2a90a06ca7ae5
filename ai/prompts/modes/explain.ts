/** In this order, each under a heading of its own; the offline tutor keeps to them as far as it can. */
export const EXPLAIN_HEADINGS = ['字词', '句意', '大意', '出处', '延伸'] as const;

export const EXPLAIN_RULES = `
这一课是精讲：先引一遍原文，再依次写五节，每节以「## 」加小标题开头，次序是${EXPLAIN_HEADINGS.join('、')}，一节也不缺：
- 字词：逐个讲难字难词，注出拼音，指出通假、古今异义、词类活用；一词一行。
- 句意：一句原文，一句今译，句句对应，不跳句。
- 大意：两三句话说出整段在讲什么、为什么这样讲。
- 出处：书名、篇名、作者、时代，只写所给原文注明的；没有注明就说不知道。
- 延伸：联系学生的生活想一想，或与所给的另一段原文比一比。`;
