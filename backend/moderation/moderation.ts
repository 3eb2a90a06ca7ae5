export type ModerationVerdict = 'pass' | 'reject';

export interface ModeratedText {
  userId: string;
  kind: 'question' | 'answer';
}

/**
 * Whether a text may stand: what learners ask and what they are answered. Never throws: what happens
 * to a text that cannot be checked is a setting of the site. Neither the log nor anybody else is
 * shown the text.
 */
export interface Moderation {
  check(text: string, about: ModeratedText): Promise<ModerationVerdict>;
}
