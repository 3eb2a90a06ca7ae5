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

export interface Session {
  id: string;
  title: string | null;
  createdAt: string;
  updatedAt: string;
  lastMessageAt: string | null;
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

export interface Message {
  id: string;
  sessionId: string;
  role: 'user' | 'assistant';
  content: string;
  status: 'streaming' | 'complete' | 'stopped' | 'failed';
  citations: Citation[];
  quotes: Quote[];
  /** Of an answer that has ended. */
  usage?: Usage | null;
  createdAt: string;
}

export interface Work {
  id: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string | null;
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
