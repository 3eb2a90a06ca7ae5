import type { Message } from './message.ts';

export function presentMessage(message: Message) {
  return {
    id: message.id,
    sessionId: message.sessionId,
    role: message.role,
    content: message.content,
    status: message.status,
    failure: message.failure,
    citations: message.citations,
    quotes: message.quotes,
    usage: message.usage,
    favorite: message.favorite,
    feedback: message.feedback,
    followUps: message.followUps,
    truncated: message.truncated,
    version: message.version,
    versions: message.versions,
    createdAt: message.createdAt.toISOString(),
  };
}
