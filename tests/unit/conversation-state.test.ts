import type { AnswerEvent } from '../../web/src/api/answer-event.ts';
import {
  withAnotherAnswer,
  withoutMessages,
  withoutPair,
} from '../../web/src/conversation/conversation-changes.ts';
import {
  applyAnswerEvent,
  type ConversationState,
  EMPTY,
  isLocal,
  withEarlierPage,
  withFailure,
  withFollowed,
  withNewestPage,
  withQuestion,
} from '../../web/src/conversation/conversation-state.ts';
import { someMessage } from '../support/page-messages.ts';

const REFUSED = { status: 0, slug: 'unreachable', message: '', requestId: null, key: null };

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
    const whole = someMessage('a1', { content: '仁者爱人。', quotes: [] });
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
    const failed = withFailure(asked, { ...REFUSED, key: 'k' });
    expect(withoutPair(failed, answerId)).toEqual(EMPTY);
  });

  it('begins anew when it follows an answer from its first event', () => {
    const page = {
      items: [
        someMessage('a1', { status: 'streaming', content: '仁者' }),
        someMessage('u1', { role: 'user' }),
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
    const newest = withNewestPage({ items: [someMessage('c'), someMessage('b')], nextCursor: 'x' });
    const state = withEarlierPage(newest, {
      items: [someMessage('b'), someMessage('a')],
      nextCursor: null,
    });
    expect(state.messages.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(state.earlierCursor).toBeNull();
  });

  it('draws only the answer that is being written again, however long the history', () => {
    const history = Array.from({ length: 500 }, (_, at) => someMessage(`m${at}`));
    const page = { items: history.toReversed(), nextCursor: null };
    const question = { sessionId: 's', content: '仁？', key: 'k', createdAt: '' };
    const before = hear(withQuestion(withNewestPage(page), question), META);
    const after = hear(before, { id: 2, name: 'delta', text: '仁者' });
    const changed = after.messages.filter((one, at) => one !== before.messages[at]);
    expect(changed.map(({ id }) => id)).toEqual(['a1']);
    expect(after.failures).toBe(before.failures);
    expect(after.versions).toBe(before.versions);
  });

  it('writes another answer in the place of the old one', () => {
    const [question, answer] = [
      someMessage('u1', { role: 'user' }),
      someMessage('a1', { content: '旧' }),
    ];
    const page = { items: [someMessage('a2'), answer, question], nextCursor: null };
    const fresh = withAnotherAnswer(withNewestPage(page), 'a1', 'k');
    expect(
      fresh.messages.map(({ content, version, versions }) => [content, version, versions]),
    ).toEqual([
      ['', 1, 1],
      ['', 2, 2],
      ['', 1, 1],
    ]);
    const state = hear(fresh, { ...META, messageId: 'a9' }, { id: 2, name: 'delta', text: '新' });
    expect(state.messages.map(({ id }) => id)).toEqual(['u1', 'a9', 'a2']);
    expect(state.messages[1]?.content).toBe('新');
  });

  it('has the old answer back when the server will not give another', () => {
    const old = someMessage('a1', { content: '旧' });
    const page = { items: [old, someMessage('u1', { role: 'user' })], nextCursor: null };
    const state = withFailure(withAnotherAnswer(withNewestPage(page), 'a1', 'k'), REFUSED);
    expect(state.messages[1]).toBe(old);
    expect(state.live).toBeNull();
    expect(state.failures).toEqual({});
  });

  it('says under a failed answer why there is no other one', () => {
    const old = someMessage('a1', { status: 'failed' });
    const page = { items: [old, someMessage('u1', { role: 'user' })], nextCursor: null };
    const state = withFailure(withAnotherAnswer(withNewestPage(page), 'a1', 'k'), REFUSED);
    expect(state.failures).toEqual({ a1: REFUSED });
  });

  it('keeps a failure of the new answer with the new answer', () => {
    const page = {
      items: [someMessage('a1'), someMessage('u1', { role: 'user' })],
      nextCursor: null,
    };
    const named = hear(withAnotherAnswer(withNewestPage(page), 'a1', 'k'), {
      ...META,
      messageId: 'a9',
    });
    const state = withFailure(named, REFUSED);
    expect(state.messages[1]).toMatchObject({ id: 'a9', status: 'failed' });
    expect(Object.keys(state.failures)).toEqual(['a9']);
  });

  it('lets a withdrawn question go, with what was being written, and keeps its words', () => {
    const state = withoutMessages(hear(asked, META), ['u1', 'a1']);
    expect(state.messages).toEqual([]);
    expect(state.live).toBeNull();
    expect(state.draft).toEqual({ text: '何为仁？' });
  });

  it('does not mind events that come when nothing is being written', () => {
    expect(hear(EMPTY, META)).toBe(EMPTY);
  });
});
