import type { AnswerModel, AnswerPart } from '../answer-model.ts';
import { composeAnswer } from './compose-answer.ts';
import { type Fold, foldNothing } from './gloss-passage.ts';

/**
 * Answers without any model: quotes what was found, word for word, with readings and glosses, and
 * says that nothing more is to be had. Uses nothing, so its usage is zero throughout.
 */
export function createOfflineTutor({ fold = foldNothing }: { fold?: Fold } = {}): AnswerModel {
  return {
    name: 'offline',
    online: false,
    async *answer(request): AsyncGenerator<AnswerPart> {
      for (const text of inSentences(composeAnswer(request, fold))) {
        request.signal.throwIfAborted();
        yield { type: 'text', text };
      }
      request.signal.throwIfAborted();
      const usage = { model: 'offline', promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
      yield { type: 'usage', usage };
      yield { type: 'end', truncated: false };
    },
  };
}

function inSentences(text: string): string[] {
  return (
    text.match(/[^。！？\n]*(?:[。！？]+[」』”’）]*(?:\[\d+\])?|\n+|$)/gu)?.filter(Boolean) ?? []
  );
}
