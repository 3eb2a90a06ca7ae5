import type { Logger } from '../logger.ts';

/** Whether somebody else may be shown a text; true where nobody was asked to judge. */
export type ContentCheck = (
  text: string,
  about: { userId: string; kind: 'question' | 'answer' },
) => Promise<boolean>;

/** Judges texts; what it does when it cannot is its own setting. */
export interface ContentModeration {
  check(
    text: string,
    about: { userId: string; kind: 'question' | 'answer' },
  ): Promise<'pass' | 'reject'>;
}

export function createContentCheck(
  moderation: ContentModeration | undefined,
  logger: Logger,
): ContentCheck {
  if (!moderation) return async () => true;
  return async (text, about) => {
    try {
      return (await moderation.check(text, about)) === 'pass';
    } catch (error) {
      // It was not to throw: a fault of ours, for which no learner is refused an answer.
      logger.error({ err: error }, 'moderation failed');
      return true;
    }
  };
}
