import { HumanMessage } from '@langchain/core/messages';
import { createMemoryChatHistories } from '../../ai/memory/memory-chat-histories.ts';
import { createRedisChatHistories } from '../../ai/memory/redis-chat-histories.ts';
import { openRedisSpace } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeChatHistoriesContract } from './chat-histories-contract.ts';

describeChatHistoriesContract('memory', async (limits) => ({
  histories: createMemoryChatHistories(limits),
  dispose: async () => undefined,
}));

describe('memory chat histories', () => {
  it('drop the conversation that has been quiet for longest when there are too many', async () => {
    const histories = createMemoryChatHistories({ maxConversations: 2 });
    const say = (id: string) => histories.of(id).addMessage(new HumanMessage('学'));
    await say('a');
    await say('b');
    await histories.of('a').getMessages();
    await say('c');
    const held = await Promise.all(['a', 'b', 'c'].map((id) => histories.of(id).getMessages()));
    expect(held.map((messages) => messages.length)).toEqual([1, 0, 1]);
  });
});

describeWith('redis', 'on Redis', () => {
  describeChatHistoriesContract('Redis', async (limits) => {
    const space = await openRedisSpace();
    const client = space.connections.commands;
    const histories = createRedisChatHistories({ client, prefix: space.prefix, ...limits });
    return { histories, dispose: space.dispose };
  });

  it('is one list a conversation, trimmed and with an end', async () => {
    const space = await openRedisSpace();
    const client = space.connections.commands;
    const histories = createRedisChatHistories({ client, prefix: space.prefix });
    await histories.of('one').addMessages([new HumanMessage('学'), new HumanMessage('思')]);
    const key = `${space.prefix}:history:one`;
    expect(await client.type(key)).toBe('list');
    expect(await client.llen(key)).toBe(2);
    expect(await client.pttl(key)).toBeGreaterThan(23 * 3_600_000);
    await space.dispose();
  });

  it('tries nothing while the server is away', async () => {
    const space = await openRedisSpace();
    const client = space.connections.commands;
    const history = createRedisChatHistories({ client, prefix: space.prefix }).of('one');
    const ended = new Promise((resolve) => client.once('end', resolve));
    client.disconnect();
    await ended;
    const began = Date.now();
    await expect(history.getMessages()).rejects.toThrow(/Redis client is/);
    await expect(history.addMessage(new HumanMessage('学'))).rejects.toThrow(/Redis client is/);
    await expect(history.clear()).rejects.toThrow(/Redis client is/);
    expect(Date.now() - began).toBeLessThan(500);
    await client.connect();
    await space.dispose();
  });
});
