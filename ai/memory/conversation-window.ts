import { AIMessage, type BaseMessage, HumanMessage, trimMessages } from 'langchain';
import { type CountTokens, MESSAGE_OVERHEAD_TOKENS } from '../tokens/count-tokens.ts';

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

/** The latest turns that fit into `maxTokens`, whole messages only, beginning with a question. */
export async function conversationWindow(
  turns: readonly Turn[],
  maxTokens: number,
  countTokens: CountTokens,
): Promise<BaseMessage[]> {
  const messages = turns.map(({ role, content }) =>
    role === 'user' ? new HumanMessage(content) : new AIMessage(content),
  );
  return trimMessages(messages, {
    maxTokens,
    strategy: 'last',
    startOn: 'human',
    tokenCounter: (counted) =>
      counted.reduce(
        (sum, message) => sum + countTokens(message.text) + MESSAGE_OVERHEAD_TOKENS,
        0,
      ),
  });
}
