import type { AnswerEvent } from '../api/answer-event.ts';
import type { Message, Page } from '../api/types.ts';

/** The answer that is being written right now. */
export interface LiveAnswer {
  messageId: string;
  stage: 'sending' | 'searching' | 'thinking' | 'writing';
  thinking: string;
  reconnecting: boolean;
  /** The answer it takes the place of, which comes back if the server says no. */
  replaces?: Message;
}

/** Why a message came to nothing; `key` is kept where putting the question again is the same act. */
export interface Failure {
  status: number;
  slug: string;
  message: string;
  requestId: string | null;
  key: string | null;
  /** From when on the same is worth another try. */
  retryAt?: string;
}

export interface ConversationState {
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  messages: Message[];
  earlierCursor: string | null;
  live: LiveAnswer | null;
  failures: Record<string, Failure>;
  /** All answers to a question and the one looked at, by the id of the current one, once asked for. */
  versions: Record<string, ShownVersions>;
  /** A question that was taken back, to be put differently. */
  draft: { text: string } | null;
}

export interface ShownVersions {
  items: Message[];
  shown: number;
}

export const LOADING: ConversationState = {
  phase: 'loading',
  error: null,
  messages: [],
  earlierCursor: null,
  live: null,
  failures: {},
  versions: {},
  draft: null,
};

export const EMPTY: ConversationState = { ...LOADING, phase: 'ready' };

export const LOCAL = 'local-';
/** A message the server has not confirmed; it exists on this page only. */
export const isLocal = (id: string): boolean => id.startsWith(LOCAL);

export function withNewestPage(page: Page<Message>): ConversationState {
  return { ...EMPTY, messages: page.items.toReversed(), earlierCursor: page.nextCursor };
}

export function withEarlierPage(state: ConversationState, page: Page<Message>): ConversationState {
  const known = new Set(state.messages.map((message) => message.id));
  const earlier = page.items.toReversed().filter((message) => !known.has(message.id));
  return { ...state, messages: [...earlier, ...state.messages], earlierCursor: page.nextCursor };
}

const BLANK = {
  ...{ citations: [], quotes: [], followUps: [] },
  ...{ favorite: false, feedback: null, truncated: false, version: 1, versions: 1 },
};

export function withQuestion(
  state: ConversationState,
  question: { sessionId: string; content: string; key: string; createdAt: string },
): ConversationState {
  const { sessionId, content, key, createdAt } = question;
  const common = { ...BLANK, sessionId, createdAt };
  const asked: Message = {
    ...common,
    id: `${LOCAL}q-${key}`,
    role: 'user',
    content,
    status: 'complete',
  };
  const answer: Message = {
    ...common,
    id: `${LOCAL}a-${key}`,
    role: 'assistant',
    content: '',
    status: 'streaming',
  };
  return {
    ...state,
    messages: [...state.messages, asked, answer],
    live: { messageId: answer.id, stage: 'sending', thinking: '', reconnecting: false },
  };
}

export function withFollowed(state: ConversationState, messageId: string): ConversationState {
  const live: LiveAnswer = { messageId, stage: 'searching', thinking: '', reconnecting: false };
  const { [messageId]: _, ...failures } = state.failures;
  return { ...state, live, failures };
}

function changeLive(
  state: ConversationState,
  live: LiveAnswer | null,
  change: Partial<Message>,
): ConversationState {
  const id = state.live?.messageId;
  const messages = state.messages.map((message) =>
    message.id === id ? { ...message, ...change } : message,
  );
  return { ...state, live, messages };
}

function liveContent(state: ConversationState): string {
  return state.messages.find((message) => message.id === state.live?.messageId)?.content ?? '';
}

/** The server has taken the question: the ids made up here give way to its own. */
function named(
  state: ConversationState,
  live: LiveAnswer,
  event: Extract<AnswerEvent, { name: 'meta' }>,
): ConversationState {
  const at = state.messages.findIndex((message) => message.id === live.messageId);
  // Put again after its reply was lost, both may stand there already.
  const known = new Set(isLocal(live.messageId) ? [event.messageId] : []);
  if (isLocal(state.messages[at - 1]?.id ?? '')) known.add(event.userMessageId);
  const messages = state.messages
    .map((message, index) => {
      if (index === at) return { ...message, id: event.messageId, content: '' };
      return index === at - 1 && isLocal(message.id)
        ? { ...message, id: event.userMessageId }
        : message;
    })
    .filter(({ id }, index) => index >= at - 1 || !known.has(id));
  return { ...state, messages, live: { ...live, messageId: event.messageId, stage: 'searching' } };
}

export function withFailure(state: ConversationState, failure: Failure): ConversationState {
  const id = state.live?.messageId;
  if (id === undefined) return state;
  const replaced = state.live?.replaces;
  if (replaced && isLocal(id)) return restored(state, id, { replaced, failure });
  const failures = { ...state.failures, [id]: failure };
  return { ...changeLive(state, null, { status: 'failed' }), failures };
}

/** The other answer never came to be: what was there stands again. */
function restored(
  state: ConversationState,
  id: string,
  { replaced, failure }: { replaced: Message; failure: Failure },
): ConversationState {
  const messages = state.messages.map((message) => (message.id === id ? replaced : message));
  const failures =
    replaced.status === 'failed' ? { ...state.failures, [replaced.id]: failure } : state.failures;
  return { ...state, live: null, messages, failures };
}

/** What was not let through does not stay on the page either. */
function emptied(state: ConversationState): ConversationState {
  return changeLive(state, state.live, { content: '', citations: [], quotes: [] });
}

export function applyAnswerEvent(state: ConversationState, event: AnswerEvent): ConversationState {
  const { live } = state;
  if (live === null) return state;
  switch (event.name) {
    case 'meta':
      return named(state, live, event);
    case 'citations':
      return changeLive(state, live, { citations: event.citations });
    case 'thinking':
      return {
        ...state,
        live: { ...live, stage: 'thinking', thinking: live.thinking + event.text },
      };
    case 'delta':
      return changeLive(
        state,
        { ...live, stage: 'writing' },
        { content: liveContent(state) + event.text },
      );
    case 'done':
      return changeLive(state, null, event.message);
    case 'error':
      return withFailure(event.slug === 'content_rejected' ? emptied(state) : state, {
        status: 0,
        slug: event.slug,
        message: event.message,
        requestId: null,
        key: null,
      });
  }
}
