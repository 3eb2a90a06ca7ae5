import { AppError } from '../errors.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';

type Messages = Pick<MessageStore, 'ofUser' | 'byId'>;

/** The own question that a message is, or answers; `undefined` for an answer whose question is unknown. */
export async function questionOf(
  messages: Messages,
  userId: string,
  messageId: string,
): Promise<{ message: Message; question: Message | undefined }> {
  const message = await messages.ofUser(messageId, userId);
  if (!message) throw noMessage();
  if (message.role === 'user') return { message, question: message };
  const question =
    message.questionId === null ? undefined : await messages.byId(message.questionId);
  return { message, question };
}

/** The question, if it is one of this conversation. */
export async function questionIn(
  messages: Messages,
  { userId, sessionId, messageId }: { userId: string; sessionId: string; messageId: string },
): Promise<Message> {
  const { question } = await questionOf(messages, userId, messageId);
  if (question?.sessionId !== sessionId) throw noMessage();
  return question;
}

function noMessage(): AppError {
  return new AppError(404, 'not_found', '没有这条消息。');
}
