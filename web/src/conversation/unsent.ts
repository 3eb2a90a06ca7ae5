import type { KeyValueStorage } from '../api/key-value-storage.ts';
import type { Failure } from './conversation-state.ts';

/** A question the server has not taken yet. */
export interface UnsentQuestion {
  content: string;
  /** What makes putting it again the same act. */
  key: string;
  createdAt: string;
  /** Set once the server has said no: then only the learner puts it again. */
  failure: Failure | null;
}

/** What the learner has written and the server does not have, so that a reload loses none of it. */
export interface Unsent {
  draft(place: string): string;
  keepDraft(place: string, text: string): void;
  question(sessionId: string): UnsentQuestion | null;
  keepQuestion(sessionId: string, question: UnsentQuestion): void;
  /** Only under this key: another tab may have put another one meanwhile. */
  dropQuestion(sessionId: string, key: string): void;
  /** The sessions that have one. */
  waiting(): string[];
  /** Whatever belongs to somebody who is not here any more. */
  clearOthers(): void;
}

/** Where a question is written that has no session yet. */
export const NEW_SESSION = 'new';

interface Kept {
  owner: string;
  drafts: Record<string, string>;
  questions: Record<string, UnsentQuestion>;
}

const KEY = 'guoxue.unsent';
/** What a visitor types goes along when they sign in. */
const NOBODY = '';

function read(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Kept> | null;
    if (typeof kept?.owner !== 'string') return null;
    return { owner: kept.owner, drafts: kept.drafts ?? {}, questions: kept.questions ?? {} };
  } catch {
    return null;
  }
}

/** All tabs share it, so it is read anew every time; where storage is forbidden it lasts as the page does. */
export function createUnsent(storage: KeyValueStorage | null, owner: () => string | null): Unsent {
  let unsaved: string | null = null;

  function load(): Kept {
    const kept = read(unsaved ?? storage?.getItem(KEY) ?? null);
    const here = owner() ?? NOBODY;
    const own = kept !== null && (kept.owner === here || kept.owner === NOBODY);
    return own ? { ...kept, owner: here } : { owner: here, drafts: {}, questions: {} };
  }

  function save(kept: Kept): void {
    const empty = Object.keys(kept.drafts).length + Object.keys(kept.questions).length === 0;
    const text = JSON.stringify(kept);
    unsaved = null;
    try {
      if (storage === null) throw new Error('no storage');
      if (empty) storage.removeItem(KEY);
      else storage.setItem(KEY, text);
    } catch {
      unsaved = text;
    }
  }

  return {
    draft: (place) => load().drafts[place] ?? '',
    keepDraft(place, text) {
      const kept = load();
      const { [place]: before = '', ...drafts } = kept.drafts;
      if (before === text) return;
      save({ ...kept, drafts: text === '' ? drafts : { ...drafts, [place]: text } });
    },
    question: (sessionId) => load().questions[sessionId] ?? null,
    keepQuestion(sessionId, question) {
      const kept = load();
      save({ ...kept, questions: { ...kept.questions, [sessionId]: question } });
    },
    dropQuestion(sessionId, key) {
      const kept = load();
      const { [sessionId]: question, ...questions } = kept.questions;
      if (question?.key === key) save({ ...kept, questions });
    },
    waiting: () => Object.keys(load().questions),
    clearOthers: () => save(load()),
  };
}
