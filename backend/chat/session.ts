export type SessionMode = 'qa' | 'explain' | 'translate' | 'socratic';

/** Where a title comes from: one that a learner gave is never replaced. */
export type TitleOrigin = 'none' | 'question' | 'model' | 'learner';

export interface Session {
  id: string;
  userId: string;
  title: string;
  mode: SessionMode;
  archived: boolean;
  /** Positions given out so far; the next message takes this one. */
  messageCount: number;
  /** Goes up when something said before is changed or withdrawn, so that what is remembered of it is void. */
  historyRevision: number;
  titleOrigin: TitleOrigin;
  createdAt: Date;
  updatedAt: Date;
  lastMessageAt: Date | null;
}

export const UNTITLED = '新的对话';
const TITLE_CHARACTERS = 24;

/** Until somebody names it, a conversation is called by how it begins. */
export function titleFromQuestion(question: string): string {
  const line = question.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > TITLE_CHARACTERS
    ? `${characters.slice(0, TITLE_CHARACTERS).join('')}…`
    : line;
}
