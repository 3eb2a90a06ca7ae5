import { type CitedPassage, sourceName } from '../../citations.ts';
import type { Passage } from '../../passage.ts';
import { isSmallTalk } from '../../standalone-question.ts';
import type { AnswerModel, AnswerPart, AnswerRequest } from '../answer-model.ts';
import { excerptOf } from './excerpt.ts';
import { type Fold, foldNothing, type Gloss, glossPassage } from './gloss-passage.ts';
import { phrases } from './phrases.ts';

const MOST_PASSAGES = 3;
/** A passage much weaker than the best one would only distract. */
const SHARE_OF_BEST_SCORE = 0.6;
const MOST_NOTES = 8;
const QUOTATION_MARKS = ['「」', '『』', '“”', '‘’'];

/**
 * Answers without any model: quotes what was found, word for word, with readings and glosses, and
 * says that nothing more is to be had. Uses nothing, so its usage is zero throughout.
 */
export function createOfflineTutor({ fold = foldNothing }: { fold?: Fold } = {}): AnswerModel {
  return {
    name: 'offline',
    online: false,
    async *answer(request): AsyncGenerator<AnswerPart> {
      for (const text of inSentences(compose(request, fold))) {
        request.signal.throwIfAborted();
        yield { type: 'text', text };
      }
      request.signal.throwIfAborted();
      const usage = { model: 'offline', promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
      yield { type: 'usage', usage };
    },
  };
}

function compose({ passages, question }: AnswerRequest, fold: Fold): string {
  if (passages.length === 0 && isSmallTalk(question))
    return [phrases.greeting, phrases.noModel].join('\n\n');
  const quoted = choose(passages, fold).map(({ n, passage }) => {
    const excerpt = excerptOf(passage.text, question, fold);
    return { n, passage, excerpt, whole: excerpt === passage.text.trim() };
  });
  if (quoted.length === 0) {
    return [phrases.nothingFound, phrases.rephrase, phrases.noModel].join('\n\n');
  }
  const glosses = glossPassage(quoted.map(({ excerpt }) => excerpt).join('\n'), fold);
  return [
    phrases.opening(quoted.length),
    ...quoted.flatMap(({ n, passage, excerpt, whole }) => [
      `**${sourceName(passage)}**${authorOf(passage)}${whole ? '' : phrases.excerpt}`,
      `${quote(excerpt)}[${n}]`,
    ]),
    ...notes(glosses.slice(0, MOST_NOTES)),
    phrases.noModel,
  ].join('\n\n');
}

function choose(passages: CitedPassage[], fold: Fold): CitedPassage[] {
  const limit = (passages[0]?.score ?? 0) * SHARE_OF_BEST_SCORE;
  const seen = new Set<string>();
  const distinct = passages.filter(({ passage, score }) => {
    const key = [...passage.text].map(fold).join('').trim();
    const chosen = score >= limit && key !== '' && !seen.has(key);
    seen.add(key);
    return chosen;
  });
  return distinct.slice(0, MOST_PASSAGES);
}

function authorOf({ author, dynasty }: Passage): string {
  if (!author) return '';
  return dynasty ? ` ${dynasty}·${author}` : ` ${author}`;
}

/** The passage stays as it is; of the marks around it those are taken that do not occur in it. */
function quote(excerpt: string): string {
  const marks = QUOTATION_MARKS.find((pair) => ![...pair].some((mark) => excerpt.includes(mark)));
  const [open, close] = marks ?? '「」';
  return `${open}${excerpt}${close}`;
}

function notes(glosses: Gloss[]): string[] {
  const lines = glosses.flatMap(({ term, reading, meaning }) =>
    meaning === null ? [] : [phrases.gloss(term, reading, meaning)],
  );
  const readings = glosses.flatMap(({ term, reading, meaning }) =>
    meaning === null ? [phrases.reading(term, reading)] : [],
  );
  if (readings.length > 0) lines.push(phrases.readings(readings));
  if (lines.length === 0) return [];
  return [`**${phrases.notes}**`, lines.map((line) => `- ${line}`).join('\n')];
}

function inSentences(text: string): string[] {
  return (
    text.match(/[^。！？\n]*(?:[。！？]+[」』”’）]*(?:\[\d+\])?|\n+|$)/gu)?.filter(Boolean) ?? []
  );
}
