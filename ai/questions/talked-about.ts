import type { Turn } from '../memory/conversation-window.ts';
import { isSmallTalk } from './small-talk.ts';

/** A question with the answer it was given. */
export interface Exchange {
  question: string;
  answer: Turn | undefined;
}

/**
 * What a question may go on from, oldest first. Thanks are nothing to go on from, and neither is an
 * answer that had nothing to show, as long as another one had.
 */
export function exchangesToGoOnFrom(history: readonly Turn[]): Exchange[] {
  const said = history.flatMap((turn, index): Exchange[] => {
    if (turn.role !== 'user' || isSmallTalk(turn.content)) return [];
    const answer = history[index + 1];
    return [{ question: turn.content, answer: answer?.role === 'assistant' ? answer : undefined }];
  });
  const shown = said.filter(({ answer }) => (answer?.citations ?? []).length > 0);
  return shown.length > 0 ? shown : said;
}

/** Back to the question that stands alone, oldest first. */
export function threadOf(
  exchanges: readonly Exchange[],
  goesOn: (question: string) => boolean,
): Exchange[] {
  const first = exchanges.findLastIndex(({ question }) => !goesOn(question));
  return exchanges.slice(Math.max(0, first));
}
