import type { Amount, Usage } from './billing-types.ts';

/** Shapes of the HTTP contract as the page uses them. */

export interface User {
  id: string;
  email: string | null;
  emailVerified: boolean;
  nickname: string | null;
  avatarUrl: string | null;
  role: 'guest' | 'learner' | 'admin';
  plan: 'free' | 'vip';
  wechatLinked: boolean;
  hasPassword: boolean;
  createdAt: string;
}

/** What a login answers to the page: the refresh token is in a cookie that no script can read. */
export interface SignedIn {
  user: User;
  accessToken: string;
  expiresIn: number;
}

export interface LoginMethods {
  password: boolean;
  guest: boolean;
  wechatWeb: boolean;
  wechatMiniProgram: boolean;
}

export interface Balance {
  balance: number;
  /** Part of the balance that running answers may still use. */
  held: number;
  available: number;
}

export interface BalanceOverview extends Balance {
  quota: {
    plan?: 'free' | 'vip';
    planUntil?: string | null;
    dailyRequests: Amount;
    monthlyTokens: Amount;
  };
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export type Mode = 'qa' | 'explain' | 'translate' | 'socratic';

export interface Session {
  id: string;
  title: string | null;
  mode: Mode;
  archived: boolean;
  createdAt: string;
  updatedAt: string;
  lastMessageAt: string | null;
}

export interface ListedSession extends Session {
  /** What was said where the search words were found; null where the title has them. */
  match?: string | null;
}

export interface Citation {
  n: number;
  passageId: string;
  work: string;
  chapter: string;
  author: string | null;
  dynasty: string | null;
  text: string;
}

export interface Quote {
  text: string;
  verdict: 'exact' | 'variant' | 'unknown';
  passageId: string | null;
  work: string | null;
  chapter: string | null;
  found: string | null;
}

export interface Feedback {
  rating: 'up' | 'down';
  comment: string | null;
}

/** Something marked to be found again, with where it was said. */
export interface Favorite {
  message: Message;
  sessionTitle: string | null;
  /** What an answer answers. */
  question: string | null;
  favoritedAt: string;
}

export interface Message {
  id: string;
  sessionId: string;
  role: 'user' | 'assistant';
  content: string;
  status: 'streaming' | 'complete' | 'stopped' | 'failed';
  citations: Citation[];
  quotes: Quote[];
  /** Why it failed, if it did. */
  failure?: 'model_failed' | 'content_rejected' | null;
  /** Of an answer that has ended. */
  usage?: Usage | null;
  favorite: boolean;
  feedback: Feedback | null;
  /** Questions that suggest themselves next. */
  followUps: string[];
  /** It ended because it had reached its greatest length. */
  truncated: boolean;
  /** 1, 2, 3 … of the answers to one question. */
  version: number;
  versions: number;
  createdAt: string;
}

export interface Work {
  id: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string | null;
  introduction: string | null;
  chapterCount: number;
  passageCount: number;
  characterCount: number;
}

export interface ChapterRef {
  id: string;
  n: number;
  title: string;
  /** Who wrote the chapter, where a work gathers the writings of many. */
  author?: string | null;
  dynasty?: string | null;
}

export interface ChapterSummary extends ChapterRef {
  passageCount: number;
}

export interface Note {
  term: string;
  reading: string | null;
  meaning: string;
}

export interface Passage {
  id: string;
  n: number;
  text: string;
  translation: string | null;
  gist: string | null;
  notes: Note[];
  /** Who wrote translation, gist and notes: this library with AI, whoever edited the text, a model. */
  readingSource: 'editorial' | 'document' | 'machine' | null;
  /** Where whoever wrote them was not sure. */
  doubt: string | null;
  /** Where it was asked for: a syllable for each code point of the text, null for marks. */
  pinyin?: (string | null)[];
}

export interface WorkDetail {
  work: Work;
  chapters: ChapterSummary[];
}

export interface ChapterDetail {
  work: Work;
  chapter: ChapterRef;
  passages: Passage[];
  previous: ChapterRef | null;
  next: ChapterRef | null;
}

export interface PassageDetail {
  work: Work;
  chapter: ChapterRef;
  passage: Passage;
  previous: Passage | null;
  next: Passage | null;
}
