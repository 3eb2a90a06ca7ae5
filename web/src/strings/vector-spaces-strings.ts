export const vectorSpacesStrings = {
  vectorSpaces: {
    title: '向量空间',
    lead: '检索时用哪个向量模型。换了模型设置后，新的在旁边建好、查得不比旧的差，才会接替；也可以退回。',
    states: { active: '使用中', building: '建立中', refused: '未采用', retired: '已退下' },
    dimension: (dimension: number) => `${dimension} 维`,
    embedded: (done: number, works: number) => `${done} / ${works} 部`,
    recall: (recall: number, active: number) =>
      `抽查前十命中率 ${percent(recall)}，当时在用的 ${percent(active)}`,
    activate: '改用',
    activateOf: (model: string) => `改用 ${model}`,
    activateNote: '先抽查比较，查得不比在用的差才接替；没建全的先补齐。原来的会留着，可以再退回。',
    force: '已建全的不抽查，直接改用',
    delete: '删除',
    deleteOf: (model: string) => `删除 ${model} 的向量`,
    deleteNote: '只删向量，不动原文；以后要用得重新建立。',
  },
} as const;

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`;
}
