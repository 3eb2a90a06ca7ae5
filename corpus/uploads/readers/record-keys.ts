/** What a key of a record, or the heading of a column, means; names that nobody has thought of are left out, and said so. */
export type KeyRole =
  | NameRole
  | 'author'
  | 'dynasty'
  | 'form'
  | 'about'
  | 'text'
  | 'translation'
  | PairRole;

/** Names from the outermost to the innermost: 「国风·周南·关雎」. */
export const NAME_ROLES = ['volume', 'chapter', 'section', 'tune', 'title', 'subtitle'] as const;
export type NameRole = (typeof NAME_ROLES)[number];

/** A text if both are there; alone, `source` tends to be where something was taken from. */
export type PairRole = 'source' | 'target';

const KEYS: Record<KeyRole, string> = {
  volume: 'volume juan 卷 卷名 部 书名 書名',
  chapter: 'chapter type 章 回 篇 章节 章節 篇章 篇名 章名 回目',
  section: 'section part 节 節 部分',
  tune: 'rhythmic cipai 词牌 詞牌 词牌名 曲牌',
  title: 'title name heading 标题 標題 题目 題目 诗题 詩題 题名 名称',
  subtitle: 'subchapter subtitle 副标题',
  author: 'author authors writer poet 作者 著者 撰者 诗人 詩人',
  dynasty: 'dynasty era 朝代 年代 时代',
  form: 'form',
  about: 'meta metadata info 信息 元数据',
  text:
    'paragraphs paragraph para paras content contents content_text text texts body lines line verses verse sentences ' +
    'sentence poem classical original ancient 原文 正文 内容 內容 文本 诗文 古文 全文 段落 诗句 句子',
  translation:
    'translation translations translate trans modern vernacular fanyi 译文 譯文 翻译 翻譯 今译 今譯 白话 白话文 ' +
    '白話文 现代文 現代文',
  source: 'source src',
  target: 'target tgt',
};

const ROLES = new Map<string, KeyRole>();
for (const [role, keys] of Object.entries(KEYS)) {
  for (const key of keys.split(' ')) ROLES.set(key, role as KeyRole);
}

export function roleOfKey(key: string): KeyRole | null {
  return ROLES.get(key.trim().toLowerCase()) ?? null;
}

export function isNameRole(role: KeyRole | null): role is NameRole {
  return role !== null && (NAME_ROLES as readonly string[]).includes(role);
}
