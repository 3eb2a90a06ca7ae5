export const answerStrings = {
  modes: {
    label: (name: string) => `方式：${name}`,
    title: '老师怎么答',
    names: { qa: '问答', explain: '精讲', translate: '翻译', socratic: '启发' },
    marks: { explain: '讲', translate: '译', socratic: '启' },
    hints: {
      qa: '有问有答，先给结论，再指出处',
      explain: '逐字逐句：字词、句意、大意、出处、延伸',
      translate: '文言译白话，白话译文言',
      socratic: '先反问，一步步引你自己想明白',
    },
    changed: (name: string) => `往后按「${name}」来答`,
  },

  actions: {
    label: '对这个回答',
    copy: '复制',
    copied: '已复制，连同出处',
    copyFailed: '浏览器不让复制，请长按选取。',
    favor: '收藏',
    unfavor: '取消收藏',
    favored: '已收藏',
    unfavored: '已取消收藏',
    up: '答得好',
    down: '答得不好',
    rated: '谢谢，已记下',
    unrated: '已收回评价',
    again: '重新回答',
    againHint: '再答一次；现在这个答案会留着，随时翻回来看',
    againThinking: '想深些，再答一次',
    againThinkingHint: '先思索，再作答；慢一些，用得多一些',
    recall: '撤回',
    recallOf: (question: string) => `撤回「${question}」`,
    recalled: '已撤回，问题放回了输入框',
  },

  versions: {
    label: '各次回答',
    place: (at: number, count: number) => `第 ${at} 次回答，共 ${count} 次`,
    mark: (at: number, count: number) => `${at}/${count}`,
    before: '上一次回答',
    after: '下一次回答',
    former: '这是先前的回答。接着问时，老师记得的是最新的一次。',
  },

  rating: {
    title: '说说这个回答',
    lead: { up: '好在哪里？', down: '哪里不好？引文有误、答非所问、太难懂……' },
    field: '评语（可不填）',
    submit: '交给老师',
    add: '写几句评语',
    change: '改评语',
  },

  after: {
    followUps: '接着问',
    truncated: '回答到长度上限，可以请老师“继续”。',
    goOn: '继续',
  },

  copied: {
    sources: '出处：',
    mark: (brand: string) => `（${brand}，AI 生成，引文以书库原文为准）`,
  },

  favorites: {
    title: '收藏',
    lead: '打过星的问与答，最近收藏的在前。',
    empty: '还没有收藏。在回答下面点星，就会收到这里。',
    openOf: (title: string) => `到「${title}」里看`,
    gone: '没有找到那一条，它可能已被撤回。',
    from: (title: string, day: string) => `${title} · ${day}收藏`,
  },

  theme: {
    names: { system: '跟随系统', light: '浅色', dark: '深色' },
    label: (name: string) => `外观：${name}`,
  },

  adminFeedback: {
    title: '读者评价',
    lead: '读者对回答的好评与批评；看过处理过的，标记一下。',
    nav: '评价',
    rating: '评价',
    ratings: { up: '好评', down: '批评' },
    handled: '处理',
    states: { false: '未处理', true: '已处理' },
    empty: '没有这样的评价。',
    by: (name: string) => `读者 ${name}`,
    at: (when: string) => `评于 ${when}`,
    handledAt: (when: string) => `${when} 处理`,
    question: '问',
    noComment: '没有写评语',
    showAnswer: '看回答',
    handle: '标为已处理',
    reopen: '改回未处理',
  },
} as const;
