import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import type { AnswerPart, AnswerRequest } from '../../ai/providers/answer-model.ts';
import { ModelError, type ModelFailure } from '../../ai/providers/model-error.ts';

const question = '[1] 《论语·为政》：子曰：「学而不思则罔，思而不学则殆。」\n\n问：怎么学习？';

/** A question to a model, complete; give what a test is about. */
export function ask(request: Partial<AnswerRequest> = {}): AnswerRequest {
  return {
    messages: [new SystemMessage('你是国学老师。'), new HumanMessage(question)],
    question: '怎么学习？',
    passages: [],
    thinking: false,
    maxOutputTokens: 500,
    signal: new AbortController().signal,
    ...request,
  };
}

/** The parts that came, and the error it ended with, if any. */
export async function listen(answer: AsyncIterable<AnswerPart>) {
  const parts: AnswerPart[] = [];
  let error: unknown;
  try {
    for await (const part of answer) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  const joined = (type: 'text' | 'thinking') =>
    parts.map((part) => (part.type === type ? part.text : '')).join('');
  return { parts, error, text: joined('text'), thinking: joined('thinking') };
}

export function failureOf(error: unknown): ModelFailure | null {
  return error instanceof ModelError ? error.failure : null;
}
