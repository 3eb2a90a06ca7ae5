import type { Message } from './message.ts';

export function presentMessage(message: Message) {
  return {
    id: message.id,
    sessionId: message.sessionId,
    role: message.role,
    content: message.content,
    status: message.status,
    citations: message.citations,
    quotes: message.quotes,
    usage: message.usage,
    favorite: message.favorite,
    createdAt: message.createdAt.toISOString(),
  };
}
