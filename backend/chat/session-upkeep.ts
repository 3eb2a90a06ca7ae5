import type { Message } from './message.ts';
import type { SessionStore } from './session-store.ts';
import type { SummaryStore } from './summary-store.ts';

/** What is done for a conversation in the background, recorded together with the end of an answer. */
export interface SessionUpkeep {
  afterAnswer(answer: Message): Promise<void>;
}

export type UpkeepJob =
  | { kind: 'title-session'; sessionId: string }
  | { kind: 'summarise-session'; sessionId: string };

/**
 * So many characters may come to what is summed up ({@link SUMMARY_MARKS}); the job counts tokens. A
 * token of Chinese is at least one character, and mostly nearly two.
 */
const CHARACTERS_WORTH_COUNTING = 3_000;

export function createSessionUpkeep(parts: {
  sessions: Pick<SessionStore, 'byId'>;
  summaries: Pick<SummaryStore, 'charactersSince'>;
  /** One unfinished job of a kind for a session. */
  request: (job: UpkeepJob) => Promise<void>;
}): SessionUpkeep {
  const { sessions, summaries, request } = parts;
  return {
    async afterAnswer({ sessionId, status }) {
      const session = await sessions.byId(sessionId);
      if (!session) return;
      if (session.titleOrigin === 'question' && status === 'complete')
        await request({ kind: 'title-session', sessionId });
      if ((await summaries.charactersSince(sessionId)) > CHARACTERS_WORTH_COUNTING)
        await request({ kind: 'summarise-session', sessionId });
    },
  };
}

/** Without a model there is nobody to write titles and summaries. */
export const noUpkeep: SessionUpkeep = { async afterAnswer() {} };
