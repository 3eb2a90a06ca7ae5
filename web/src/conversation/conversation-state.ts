import type { AnswerEvent } from '../api/answer-event.ts';
import type { Message, Page } from '../api/types.ts';

/** The answer that is being written right now. */
export interface LiveAnswer {
  messageId: string;
  stage: 'sending' | 'searching' | 'thinking' | 'writing';
  thinking: string;
  reconnecting: boolean;
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
}

export const LOADING: ConversationState = {
  phase: 'loading',
  error: null,
  messages: [],
  earlierCursor: null,
  live: null,
  failures: {},
};

export const EMPTY: ConversationState = { ...LOADING, phase: 'ready' };

const LOCAL = 'local-';
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

export function withQuestion(
  state: ConversationState,
  question: { sessionId: string; content: string; key: string; createdAt: string },
): ConversationState {
  const { sessionId, content, key, createdAt } = question;
  const common = { sessionId, citations: [], quotes: [], createdAt };
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
  return { ...state, live };
}

/** Takes back a question that never reached the server, with its empty answer. */
export function withoutPair(state: ConversationState, answerId: string): ConversationState {
  const at = state.messages.findIndex((message) => message.id === answerId);
  const { [answerId]: _, ...failures } = state.failures;
  const messages = state.messages.filter((__, index) => index !== at && index !== at - 1);
  return { ...state, messages, failures };
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
  const messages = state.messages.map((message, index) => {
    if (index === at) return { ...message, id: event.messageId, content: '' };
    return index === at - 1 && isLocal(message.id)
      ? { ...message, id: event.userMessageId }
      : message;
  });
  return { ...state, messages, live: { ...live, messageId: event.messageId, stage: 'searching' } };
}

export function withFailure(state: ConversationState, failure: Failure): ConversationState {
  const id = state.live?.messageId;
  if (id === undefined) return state;
  const failures = { ...state.failures, [id]: failure };
  return { ...changeLive(state, null, { status: 'failed' }), failures };
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
      return withFailure(state, {
        status: 0,
        slug: event.slug,
        message: event.message,
        requestId: null,
        key: null,
      });
  }
}
