import type { Feedback, Message, User } from '../api/types.ts';

export interface ManagedUser extends User {
  disabled: boolean;
  closesAt: string | null;
  lastLoginAt: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  actorId: string | null;
  actorName: string | null;
  action: string;
  targetType: string;
  targetId: string;
  detail: Record<string, unknown>;
  address: string | null;
}

export interface ReaderFeedback extends Feedback {
  message: Message;
  question: string | null;
  user: { id: string; nickname: string };
  sessionId: string;
  createdAt: string;
  updatedAt: string;
  handledAt: string | null;
}

/** What a reader found wrong in the translation, gist or notes of a passage. */
export interface ReadingReport {
  id: string;
  passageId: string;
  workId: string;
  work: string;
  /** Null when the passage is no longer there. */
  text: string | null;
  user: { id: string; nickname: string };
  comment: string;
  createdAt: string;
  handledAt: string | null;
}
