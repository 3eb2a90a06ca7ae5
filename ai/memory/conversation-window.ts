import { AIMessage, type BaseMessage, HumanMessage, trimMessages } from 'langchain';

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

/**
 * An upper estimate without a tokenizer: DeepSeek counts about 0.6 tokens a Chinese character and
 * 0.3 a Latin one (https://api-docs.deepseek.com/quick_start/token_usage).
 */
export function estimateTokens(text: string): number {
  return Math.ceil([...text].length * 0.8) + 4;
}

/** The latest turns that fit into `maxTokens`, whole messages only, beginning with a question. */
export async function conversationWindow(
  turns: readonly Turn[],
  maxTokens: number,
): Promise<BaseMessage[]> {
  const messages = turns.map(({ role, content }) =>
    role === 'user' ? new HumanMessage(content) : new AIMessage(content),
  );
  return trimMessages(messages, {
    maxTokens,
    strategy: 'last',
    startOn: 'human',
    tokenCounter: (counted) =>
      counted.reduce((sum, message) => sum + estimateTokens(message.text), 0),
  });
}
