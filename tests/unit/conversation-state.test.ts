import type { AnswerEvent } from '../../web/src/api/answer-event.ts';
import type { Message } from '../../web/src/api/types.ts';
import {
  applyAnswerEvent,
  type ConversationState,
  EMPTY,
  isLocal,
  withEarlierPage,
  withFailure,
  withFollowed,
  withNewestPage,
  withoutPair,
  withQuestion,
} from '../../web/src/conversation/conversation-state.ts';

const message = (id: string, change: Partial<Message> = {}): Message => ({
  id,
  sessionId: 's',
  role: 'assistant',
  content: '',
  status: 'complete',
  citations: [],
  quotes: [],
  createdAt: '2026-01-01T00:00:00Z',
  ...change,
});

const asked = withQuestion(EMPTY, {
  sessionId: 's',
  content: '何为仁？',
  key: 'k',
  createdAt: '2026-01-01T00:00:00Z',
});
const META: AnswerEvent = { id: 1, name: 'meta', userMessageId: 'u1', messageId: 'a1' };
const hear = (state: ConversationState, ...events: AnswerEvent[]) =>
  events.reduce(applyAnswerEvent, state);

describe('a conversation on the page', () => {
  it('shows the question at once, under an id of its own', () => {
    expect(asked.messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', '何为仁？'],
      ['assistant', ''],
    ]);
    expect(asked.messages.every(({ id }) => isLocal(id))).toBe(true);
    expect(asked.live?.stage).toBe('sending');
  });

  it('takes over the ids of the server and gathers the text', () => {
    const state = hear(
      asked,
      META,
      { id: 2, name: 'thinking', text: '想' },
      { id: 3, name: 'delta', text: '仁者' },
      { id: 4, name: 'delta', text: '爱人。' },
    );
    expect(state.messages.map(({ id, content }) => [id, content])).toEqual([
      ['u1', '何为仁？'],
      ['a1', '仁者爱人。'],
    ]);
    expect(state.live).toMatchObject({ messageId: 'a1', stage: 'writing', thinking: '想' });
  });

  it('ends with the message as the server keeps it', () => {
    const whole = message('a1', { content: '仁者爱人。', quotes: [] });
    const state = hear(asked, META, { id: 2, name: 'done', message: whole });
    expect(state.messages[1]).toEqual(whole);
    expect(state.live).toBeNull();
  });

  it('keeps why an answer failed, and what was written before', () => {
    const state = hear(
      asked,
      META,
      { id: 2, name: 'delta', text: '仁' },
      { id: 3, name: 'error', slug: 'model_failed', message: '没能作答' },
    );
    expect(state.messages[1]).toMatchObject({ status: 'failed', content: '仁' });
    expect(state.failures.a1).toMatchObject({ slug: 'model_failed' });
  });

  it('takes back a question that never left the page', () => {
    const answerId = asked.messages[1]?.id ?? '';
    const failed = withFailure(asked, {
      status: 0,
      slug: 'unreachable',
      message: '',
      requestId: null,
      key: 'k',
    });
    expect(withoutPair(failed, answerId)).toEqual(EMPTY);
  });

  it('begins anew when it follows an answer from its first event', () => {
    const page = {
      items: [
        message('a1', { status: 'streaming', content: '仁者' }),
        message('u1', { role: 'user' }),
      ],
      nextCursor: null,
    };
    const state = hear(withFollowed(withNewestPage(page), 'a1'), META, {
      id: 2,
      name: 'delta',
      text: '仁者爱人。',
    });
    expect(state.messages.map(({ id, content }) => [id, content])).toEqual([
      ['u1', ''],
      ['a1', '仁者爱人。'],
    ]);
  });

  it('puts earlier messages above, each once', () => {
    const newest = withNewestPage({ items: [message('c'), message('b')], nextCursor: 'x' });
    const state = withEarlierPage(newest, {
      items: [message('b'), message('a')],
      nextCursor: null,
    });
    expect(state.messages.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(state.earlierCursor).toBeNull();
  });

  it('does not mind events that come when nothing is being written', () => {
    expect(hear(EMPTY, META)).toBe(EMPTY);
  });
});
