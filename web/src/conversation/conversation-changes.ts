import type { Message } from '../api/types.ts';
import {
  type ConversationState,
  type LiveAnswer,
  LOCAL,
  type ShownVersions,
} from './conversation-state.ts';

/** Without one of its entries. */
function omit<Value>(record: Record<string, Value>, key: string): Record<string, Value> {
  const { [key]: _, ...rest } = record;
  return rest;
}

/** Takes back a question that never reached the server, with its empty answer. */
export function withoutPair(state: ConversationState, answerId: string): ConversationState {
  const at = state.messages.findIndex((message) => message.id === answerId);
  const messages = state.messages.filter((_, index) => index !== at && index !== at - 1);
  return { ...state, messages, failures: omit(state.failures, answerId) };
}

/** The answer is to be written once more, in its place. */
export function withAnotherAnswer(
  state: ConversationState,
  answerId: string,
  key: string,
): ConversationState {
  const replaces = state.messages.find(({ id }) => id === answerId);
  if (replaces === undefined || state.live !== null) return state;
  const id = `${LOCAL}a-${key}`;
  const versions = replaces.versions + 1;
  const fresh: Message = {
    ...replaces,
    ...{ id, content: '', status: 'streaming', citations: [], quotes: [], followUps: [] },
    ...{ favorite: false, feedback: null, truncated: false, usage: null },
    ...{ version: versions, versions },
  };
  const live: LiveAnswer = {
    ...{ messageId: id, stage: 'sending', thinking: '', reconnecting: false },
    replaces,
  };
  return {
    ...state,
    live,
    messages: state.messages.map((message) => (message.id === answerId ? fresh : message)),
    failures: omit(state.failures, answerId),
    versions: omit(state.versions, answerId),
  };
}

/** Questions and answers that were withdrawn; whatever was being written for them is over. */
export function withoutMessages(
  state: ConversationState,
  ids: readonly string[],
): ConversationState {
  const gone = new Set(ids);
  const question = state.messages.find(({ id, role }) => gone.has(id) && role === 'user');
  return {
    ...state,
    messages: state.messages.filter(({ id }) => !gone.has(id)),
    live: state.live !== null && gone.has(state.live.messageId) ? null : state.live,
    draft: question ? { text: question.content } : state.draft,
  };
}

/** The server's newest word on one message, wherever it is shown. */
export function withMessage(state: ConversationState, fresh: Message): ConversationState {
  const put = (message: Message) => (message.id === fresh.id ? fresh : message);
  const entries = Object.entries(state.versions).map(([id, { items, shown }]) => [
    id,
    { items: items.map(put), shown },
  ]);
  return {
    ...state,
    messages: state.messages.map(put),
    versions: Object.fromEntries(entries) as Record<string, ShownVersions>,
  };
}

/** Shows another of the answers to one question. */
export function withVersion(
  state: ConversationState,
  currentId: string,
  { items, shown }: ShownVersions,
): ConversationState {
  if (items.length === 0) return state;
  const within = Math.min(Math.max(shown, 0), items.length - 1);
  return { ...state, versions: { ...state.versions, [currentId]: { items, shown: within } } };
}

/** The answer that is looked at, which need not be the newest. */
export function shownAnswer(state: ConversationState, current: Message): Message {
  const versions = state.versions[current.id];
  return versions?.items[versions.shown] ?? current;
}
