import type { AcceptanceSurroundings } from '../../backend/chat/question-acceptance.ts';
import { readRecollection } from '../../backend/chat/recollection.ts';
import type { Stores } from '../../backend/compose-stores.ts';

/** Nothing kept at hand, and nobody who judges. */
export function acceptanceSurroundings(stores: Stores): AcceptanceSurroundings {
  return {
    ...stores,
    memory: { recall: (session) => readRecollection(stores, session, session.messageCount) },
    mayBeShown: async () => true,
  };
}
