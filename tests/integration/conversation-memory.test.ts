import { jest } from '@jest/globals';
import { createMemoryChatHistories } from '../../ai/memory/memory-chat-histories.ts';
import { createConversationMemory } from '../../backend/chat/conversation-memory.ts';
import type { MessageStore } from '../../backend/chat/message-store.ts';
import { readRecollection } from '../../backend/chat/recollection.ts';
import type { Session } from '../../backend/chat/session.ts';
import { createLogger } from '../../backend/logger.ts';
import { promptText } from '../support/deepseek-protocol.ts';
import { eventually } from '../support/eventually.ts';
import { silentLogger } from '../support/redis-space.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTIONS = ['「学而不思则罔」是什么意思？', '「温故而知新」呢？', '「德不孤」呢？'];

describeInBothModes('what is remembered of a conversation', (mode) => {
  let tutor: TutorWithModel;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
  });
  beforeEach(async () => {
    learner = await asGuest(tutor.service.url);
    sessionId = (await learner.openSession()).id;
    tutor.model.requests.length = 0;
  });
  afterAll(() => tutor.dispose());

  const stores = () => tutor.service.services.stores;
  const kept = () => tutor.service.platform.histories.of(sessionId);
  const session = async () => (await stores().sessions.byId(sessionId)) as Session;
  const askAll = async (questions = QUESTIONS) => {
    for (const question of questions) await learner.askWhole(sessionId, question);
  };
  const truth = async () => {
    const current = await session();
    return readRecollection(stores(), current, current.messageCount);
  };
  /** A memory over the same stores and histories that counts how often it looks into the database. */
  const memory = (histories = tutor.service.platform.histories, logger = silentLogger) => {
    const reads: number[] = [];
    const messages: Pick<MessageStore, 'before'> = {
      before(id, position, limit) {
        reads.push(limit);
        return stores().messages.before(id, position, limit);
      },
    };
    const { sessions, summaries } = stores();
    const remembered = createConversationMemory({
      ...{ stores: { sessions, summaries, messages }, histories, logger },
    });
    return { ...remembered, reads };
  };

  test('is kept as it was said, with its citations, and read without the messages', async () => {
    await askAll();
    const { recall, reads } = memory();
    const recollection = await recall(await session());
    expect(reads).toEqual([]);
    expect(recollection).toEqual(await truth());
    expect(recollection).toMatchObject({ summary: null, revision: 0, upTo: 6 });
    expect(recollection.turns.map(({ role }) => role)).toEqual(
      QUESTIONS.flatMap(() => ['user', 'assistant']),
    );
    const [, answer] = await learner.messages(sessionId);
    expect(recollection.turns[1]?.citations).toEqual(
      answer?.citations.map(({ passageId }) => ({ passageId })),
    );
  });

  test('is rebuilt when it is gone, and the prompt goes on as if nothing had been', async () => {
    await askAll(QUESTIONS.slice(0, 2));
    await kept().clear();
    await learner.askWhole(sessionId, QUESTIONS[2] ?? '');
    const [, second, third] = tutor.model.requests.map(({ body }) => promptText(body));
    const [beginning] = (second ?? '').split('\n\n可引用的原文：');
    expect(third?.startsWith(beginning ?? '?')).toBe(true);
    expect((await kept().getMessages()).length).toBe(6);
  });

  test('is void when something was changed since, or something is missing in it', async () => {
    await askAll();
    const { recall, reads, remember } = memory();
    await stores().sessions.reviseHistory(sessionId);
    expect(await recall(await session())).toEqual(await truth());
    expect(reads).toHaveLength(1);
    expect(await recall(await session())).toMatchObject({ revision: 1, upTo: 6 });
    expect(reads).toHaveLength(1);

    const messages = await kept().getMessages();
    await kept().replaceMessages(messages.filter((_, index) => index !== 2));
    expect(await recall(await session())).toEqual(await truth());
    expect(reads).toHaveLength(2);

    await kept().replaceMessages(messages.slice(0, 2));
    await remember(sessionId);
    expect(await recall(await session())).toEqual(await truth());
    expect(reads).toHaveLength(3);
  });

  test('takes once what two processes have added', async () => {
    await askAll(QUESTIONS.slice(0, 2));
    await kept().replaceMessages((await kept().getMessages()).slice(0, 2));
    const both = [memory(), memory()];
    await Promise.all(both.map(({ remember }) => remember(sessionId)));
    const { recall, reads } = memory();
    expect(await recall(await session())).toEqual(await truth());
    expect(reads).toEqual([]);
  });

  test('ends before a question that is still being answered, and goes on after it', async () => {
    await askAll(QUESTIONS.slice(0, 1));
    tutor.model.enqueue({ text: '慢慢写。'.repeat(10), deltaDelayMs: 30 });
    const stream = await learner.ask(sessionId, QUESTIONS[1] ?? '');
    await eventually('it is being written', async () => (await session()).messageCount === 4);
    await kept().clear();
    const { recall, remember } = memory();
    expect(await recall(await session())).toMatchObject({ upTo: 2 });
    await remember(sessionId);
    expect((await recall(await session())).turns).toHaveLength(2);
    await stream.ended;
    const after = await recall(await session());
    expect(after).toEqual(await truth());
    expect(after.turns.at(-1)?.content).toBe('慢慢写。'.repeat(10));
  });

  test('of a withdrawn question nothing is left', async () => {
    await askAll();
    const asked = (await learner.messages(sessionId)).filter(({ role }) => role === 'user');
    const path = `/api/sessions/${sessionId}/messages/${asked.at(-1)?.id}/recall`;
    expect((await learner.post(path)).status).toBe(200);
    expect(await kept().getMessages()).toEqual([]);
    await learner.askWhole(sessionId, '「见贤思齐」呢？');
    const prompt = promptText(tutor.model.requests.at(-1)?.body ?? { model: '', messages: [] });
    expect(prompt).not.toContain(QUESTIONS[2]);
    expect(prompt).toContain(QUESTIONS[1]);
    expect((await memory().recall(await session())).turns).toHaveLength(6);
  });

  test('comes from the database while the histories are away, said once', async () => {
    await askAll();
    const lines: { msg: string }[] = [];
    const logger = createLogger('info', {
      write: (line: string) => void lines.push(JSON.parse(line)),
    });
    const away = createMemoryChatHistories();
    const of: typeof away.of = () => {
      throw new Error('Redis client is reconnecting');
    };
    const { recall, remember, forget } = memory({ of }, logger);
    expect(await recall(await session())).toEqual(await truth());
    await remember(sessionId);
    await forget(sessionId);
    expect(await recall(await session())).toEqual(await truth());
    expect(lines.map(({ msg }) => msg)).toEqual(['kept histories are away, the database answers']);
  });
});
