import type { AnswerModel, AnswerPart, AnswerRequest } from './answer-model.ts';

/** One answer: its parts in order, an error to reject with, or a function of the request. */
export type ScriptedAnswer =
  | AnswerPart[]
  | Error
  | ((request: AnswerRequest) => Iterable<AnswerPart> | AsyncIterable<AnswerPart>);

export interface ScriptedModel extends AnswerModel {
  readonly requests: AnswerRequest[];
}

/** Plays the given answers one after another and throws when asked for more than was written. */
export function createScriptedModel(script: ScriptedAnswer[]): ScriptedModel {
  const requests: AnswerRequest[] = [];
  return {
    name: 'scripted',
    online: true,
    requests,
    async *answer(request) {
      const scripted = script[requests.length];
      requests.push(request);
      if (!scripted) throw new Error(`nothing is scripted for request ${requests.length}`);
      if (scripted instanceof Error) throw scripted;
      for await (const part of typeof scripted === 'function' ? scripted(request) : scripted) {
        request.signal.throwIfAborted();
        yield part;
      }
      request.signal.throwIfAborted();
    },
  };
}
