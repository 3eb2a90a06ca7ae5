import type { CitedPassage } from '../../ai/citations.ts';
import type { ModelUsage } from '../../ai/providers/answer-model.ts';
import { ModelError } from '../../ai/providers/model-error.ts';
import type { TutorEvent } from '../../ai/tutor-event.ts';
import { toCitation } from '../citations/citation.ts';
import type { AnswerEvent } from '../realtime/event-store.ts';

/** An answer while it is being written. */
export interface AnswerDraft {
  content: string;
  /** What the model thought aloud; it was written and costs, but is no part of the answer. */
  thinking: string;
  /** By our own count; 0 as long as nothing was sent. */
  promptTokens: number;
  /** `undefined` until the library was asked. */
  passages: CitedPassage[] | undefined;
  usage: ModelUsage | undefined;
  followUps: string[];
  truncated: boolean;
  /** The model said that it had finished. */
  finished: boolean;
}

export function emptyDraft(): AnswerDraft {
  return {
    ...{ content: '', thinking: '', promptTokens: 0, passages: undefined, usage: undefined },
    ...{ followUps: [], truncated: false, finished: false },
  };
}

/** Notes what the tutor does; returns what its listeners hear of that, if anything. */
export function takeDown(
  draft: AnswerDraft,
  event: TutorEvent,
): Pick<AnswerEvent, 'name' | 'data'> | undefined {
  switch (event.type) {
    case 'citations': {
      draft.passages = event.citations;
      const degraded = event.dense ? {} : { degraded: 'lexical' };
      return { name: 'citations', data: { citations: citationsOf(draft), ...degraded } };
    }
    case 'text':
      return written(draft, 'content', 'delta', event.text);
    case 'thinking':
      return written(draft, 'thinking', 'thinking', event.text);
    case 'prompt':
      draft.promptTokens = event.tokens;
      return undefined;
    case 'follow-ups':
      draft.followUps = event.questions;
      return undefined;
    case 'usage':
      draft.usage = event.usage;
      return undefined;
    case 'end':
      draft.truncated = event.truncated;
      draft.finished = true;
      return undefined;
  }
}

function written(
  draft: AnswerDraft,
  part: 'content' | 'thinking',
  name: 'delta' | 'thinking',
  piece: string,
) {
  // PostgreSQL stores no NUL.
  const text = piece.replaceAll('\0', '');
  if (text === '') return undefined;
  draft[part] += text;
  return { name, data: { text } };
}

export function citationsOf({ passages }: AnswerDraft) {
  return passages?.map(toCitation) ?? [];
}

/** A stream that merely stops is no answer: who pays for it must be able to trust that it is whole. */
export function assertWhole({ content, finished, usage }: AnswerDraft): void {
  if (content.trim() === '') throw new ModelError('cut_off', 'the model said nothing');
  if (!finished && !usage) {
    throw new ModelError('cut_off', 'the model did not say that it had finished');
  }
}
