import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import type { ChatHistories, HistoryLimits } from '../../ai/memory/chat-histories.ts';
import { aWhile } from '../support/eventually.ts';

export interface OpenedChatHistories {
  histories: ChatHistories;
  dispose(): Promise<void>;
}

const told = (messages: readonly BaseMessage[]) =>
  messages.map(({ type, text, additional_kwargs }) => [type, text, additional_kwargs.place]);

export function describeChatHistoriesContract(
  name: string,
  open: (limits: Partial<HistoryLimits>) => Promise<OpenedChatHistories>,
): void {
  describe(`${name} as chat histories`, () => {
    let opened: OpenedChatHistories;
    const openWith = async (limits: Partial<HistoryLimits>) => {
      opened = await open(limits);
    };
    const history = (id = 'one') => opened.histories.of(id);
    const texts = async (id = 'one') => (await history(id).getMessages()).map(({ text }) => text);
    const say = (...said: string[]) =>
      history().addMessages(said.map((text) => new HumanMessage(text)));
    beforeEach(() => openWith({}));
    afterEach(() => opened.dispose());

    it('knows nothing of a conversation it does not hold', async () => {
      expect(await history('unknown').getMessages()).toEqual([]);
    });

    it('gives back what was added, in order, with its role and what is beside it', async () => {
      const place = { position: 3, passageIds: ['甲'] };
      await history().addMessages([
        new HumanMessage({ content: '学而时习之\n"怎么讲"？', additional_kwargs: { place } }),
        new AIMessage({ content: '𠀀是「罕用字」。' }),
      ]);
      await history().addMessage(new HumanMessage('谢谢'));
      expect(told(await history().getMessages())).toEqual([
        ['human', '学而时习之\n"怎么讲"？', place],
        ['ai', '𠀀是「罕用字」。', undefined],
        ['human', '谢谢', undefined],
      ]);
    });

    it('keeps the latest and forgets the oldest', async () => {
      await opened.dispose();
      await openWith({ maxMessages: 3 });
      await say('一', '二');
      await say('三', '四');
      expect(await texts()).toEqual(['二', '三', '四']);
      await history().replaceMessages(
        ['甲', '乙', '丙', '丁'].map((text) => new HumanMessage(text)),
      );
      expect(await texts()).toEqual(['乙', '丙', '丁']);
    });

    it('takes others instead, or none', async () => {
      await say('一', '二');
      await history().replaceMessages([new AIMessage('三')]);
      expect(await texts()).toEqual(['三']);
      await history().replaceMessages([]);
      expect(await texts()).toEqual([]);
      await history().addMessages([]);
      expect(await texts()).toEqual([]);
    });

    it('keeps conversations apart and clears one of them', async () => {
      await say('一');
      await history('two').addMessage(new HumanMessage('二'));
      await history().clear();
      expect(await texts()).toEqual([]);
      expect(await texts('two')).toEqual(['二']);
    });

    it('adds whole lists, whoever else adds', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, n) => say(`${n}甲`, `${n}乙`)));
      const all = await texts();
      expect(all).toHaveLength(40);
      for (let at = 0; at < all.length; at += 2)
        expect(all[at + 1]).toBe(all[at]?.replace('甲', '乙'));
    });

    it('shares no object with its callers', async () => {
      const message = new HumanMessage({ content: '一', additional_kwargs: { place: { n: 1 } } });
      await history().addMessage(message);
      message.additional_kwargs.place = { n: 2 };
      const [first] = await history().getMessages();
      if (first) first.additional_kwargs.place = { n: 3 };
      expect(told(await history().getMessages())).toEqual([['human', '一', { n: 1 }]]);
    });

    it('forgets a conversation some time after it was last written or read', async () => {
      await opened.dispose();
      await openWith({ keepMs: 400 });
      await say('一');
      await aWhile(250);
      expect(await texts()).toEqual(['一']);
      await aWhile(250);
      expect(await texts()).toEqual(['一']);
      await aWhile(600);
      expect(await texts()).toEqual([]);
    });
  });
}
