import { jest } from '@jest/globals';
import { createAnswerFollowing } from '../../backend/chat/answer-following.ts';
import type { Message, MessageStatus } from '../../backend/chat/message.ts';
import type { AnswerEvent } from '../../backend/realtime/event-store.ts';

const answer = (status: MessageStatus): Message => ({
  id: 'answer',
  sessionId: 'session',
  position: 1,
  role: 'assistant',
  content: '学而时习之',
  status,
  failure: null,
  citations: [],
  quotes: [],
  usage: null,
  favorite: false,
  feedback: null,
  followUps: [],
  truncated: false,
  questionId: null,
  version: 1,
  versions: 1,
  model: null,
  createdAt: new Date(0),
});

/** A log that tells `known` and then nothing more, as one does whose store was emptied. */
function silentAfter(known: AnswerEvent[]) {
  return {
    async *follow(_id: string, after: number, signal: AbortSignal) {
      yield* known.filter(({ id }) => id > after);
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}

async function listen(
  known: AnswerEvent[],
  stored: () => Message | undefined,
  signal: AbortSignal,
) {
  const following = createAnswerFollowing({
    events: silentAfter(known),
    message: async () => stored(),
    balanceOf: async () => ({ balance: 7 }),
  });
  const heard: AnswerEvent[] = [];
  for await (const event of following.follow('learner', 'answer', 0, signal)) heard.push(event);
  return heard;
}

const beginning: AnswerEvent[] = [
  { id: 1, name: 'meta', data: {} },
  { id: 2, name: 'delta', data: { text: '学而' } },
];
const forever = new AbortController().signal;

describe('following an answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  async function withTimePassing<Result>(work: Promise<Result>, ms = 20_000): Promise<Result> {
    await jest.advanceTimersByTimeAsync(ms);
    return work;
  }

  it('ends with what is stored when the log has lost the end of a whole answer', async () => {
    const heard = await withTimePassing(listen(beginning, () => answer('complete'), forever));
    expect(heard.map(({ id, name }) => [id, name])).toEqual([
      [1, 'meta'],
      [2, 'delta'],
      [3, 'done'],
    ]);
    expect(heard[2]?.data).toMatchObject({ message: { content: '学而时习之' }, balance: 7 });
  });

  it('tells of a failure that the log has lost', async () => {
    const heard = await withTimePassing(listen(beginning, () => answer('failed'), forever));
    expect(heard.at(-1)).toMatchObject({ id: 3, name: 'error', data: { error: 'model_failed' } });
  });

  it('just ends when the conversation was deleted', async () => {
    const heard = await withTimePassing(listen(beginning, () => undefined, forever));
    expect(heard).toEqual(beginning);
  });

  it('waits as long as the answer is being written, until the listener leaves', async () => {
    const leaving = new AbortController();
    const listening = listen(beginning, () => answer('streaming'), leaving.signal);
    await jest.advanceTimersByTimeAsync(60_000);
    leaving.abort();
    expect(await listening).toEqual(beginning);
  });

  it('hears the end from the log alone when the log has it', async () => {
    const whole: AnswerEvent[] = [...beginning, { id: 3, name: 'done', data: { balance: 1 } }];
    const heard = await withTimePassing(listen(whole, () => answer('complete'), forever));
    expect(heard).toEqual(whole);
  });
});
