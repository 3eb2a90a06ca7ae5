import { strings } from '../strings.ts';
import type { LiveAnswer } from './conversation-state.ts';

const words = strings.conversation;

/** Where an answer stands, in a sentence; `found` passages have been retrieved for it. */
export function stageText(live: LiveAnswer, found: number): string {
  if (live.stage === 'searching' && found > 0) return words.stage.found(found);
  return words.stage[live.stage];
}
