import { AppError } from '../errors.ts';
import type { AnswerFailure, Message } from './message.ts';

const SENTENCES: Record<AnswerFailure, string> = {
  model_failed: '模型暂时没有答上来，没有扣费，请稍后再试。',
  content_rejected: '这个回答没有通过内容审核，没有扣费，请换个问法。',
};

/** What listeners hear at the end of an answer that failed; true to what was charged. */
export function failureData({ failure, usage }: Pick<Message, 'failure' | 'usage'>): {
  error: AnswerFailure;
  message: string;
} {
  const error = failure ?? 'model_failed';
  const cost = usage?.cost ?? 0;
  const message =
    cost > 0
      ? `回答中断了，写出的部分已保留，扣费 ${cost} 个词元；可以重新回答。`
      : SENTENCES[error];
  return { error, message };
}

/** The same, for who waits for the whole. */
export function failureError(message: Message): AppError {
  const { error, message: sentence } = failureData(message);
  return new AppError(error === 'content_rejected' ? 422 : 502, error, sentence);
}
