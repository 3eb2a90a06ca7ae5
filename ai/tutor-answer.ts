import { CitationMarkers } from './citation-markers.ts';
import type { CitedPassage } from './citations.ts';
import { FollowUpLine } from './follow-up-line.ts';
import { type FollowUpParts, followUpsOf } from './follow-ups.ts';
import type { AnswerModel, AnswerRequest } from './providers/answer-model.ts';
import type { TutorEvent } from './tutor-event.ts';
import type { TutorMode } from './tutor-mode.ts';

export interface PromptedQuestion extends Omit<AnswerRequest, 'signal'> {
  mode: TutorMode;
  passages: CitedPassage[];
  /** What was asked before in the conversation. */
  asked: readonly string[];
}

/** The model's words, of which those for the learner are heard as they come; what it proposes, after. */
export async function* streamAnswer(
  request: PromptedQuestion,
  parts: FollowUpParts & { model: AnswerModel },
  signal: AbortSignal,
): AsyncGenerator<TutorEvent> {
  const words = new AnswerWords(request.passages);
  for await (const part of parts.model.answer({ ...request, signal })) {
    if (part.type === 'text') {
      const text = words.push(part.text);
      if (text !== '') yield { type: 'text', text };
    } else if (part.type === 'thinking') {
      if (part.text !== '') yield part;
    } else {
      yield* written(words.end());
      if (part.type === 'end') yield* proposed(request, words, part.truncated, parts);
      yield part;
    }
  }
  yield* written(words.end());
}

/** An answer on its way: citations that were not given and the line of proposals are left out. */
class AnswerWords {
  readonly #markers: CitationMarkers;
  readonly line = new FollowUpLine();
  text = '';

  constructor(passages: readonly CitedPassage[]) {
    this.#markers = new CitationMarkers(passages.map(({ n }) => n));
  }

  push(piece: string): string {
    return this.#keep(this.#markers.push(this.line.push(piece)));
  }

  end(): string {
    return this.#keep(this.#markers.push(this.line.end()) + this.#markers.end());
  }

  #keep(text: string): string {
    this.text += text;
    return text;
  }
}

async function* proposed(
  { question, passages, mode, asked }: PromptedQuestion,
  words: AnswerWords,
  truncated: boolean,
  parts: FollowUpParts,
): AsyncGenerator<TutorEvent> {
  const questions = await followUpsOf(
    {
      ...{ question, passages, mode, asked, answer: words.text },
      proposed: words.line.questions(truncated),
    },
    parts,
  );
  if (questions.length > 0) yield { type: 'follow-ups', questions };
}

function* written(text: string): Generator<TutorEvent> {
  if (text !== '') yield { type: 'text', text };
}
