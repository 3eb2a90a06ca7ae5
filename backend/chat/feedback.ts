import type { Message, MessageFeedback } from './message.ts';

/** What a reader said of an answer, as whoever looks after the site reads it. */
export interface Feedback extends MessageFeedback {
  message: Message;
  question: string | null;
  user: { id: string; nickname: string };
  createdAt: Date;
  updatedAt: Date;
  /** When somebody had seen to it; what is said anew afterwards is unseen again. */
  handledAt: Date | null;
}

export interface FeedbackFilter {
  rating?: MessageFeedback['rating'] | undefined;
  handled?: boolean | undefined;
}
