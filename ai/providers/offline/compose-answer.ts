import { EXPLAIN_HEADINGS } from '../../prompts/modes/explain.ts';
import { givesUp, isReply } from '../../questions/pointing-back.ts';
import { type SmallTalk, smallTalkIn } from '../../questions/small-talk.ts';
import { translationDirection } from '../../translation-direction.ts';
import type { TutorMode } from '../../tutor-mode.ts';
import type { AnswerRequest } from '../answer-model.ts';
import { readingAskedFor } from './asked-reading.ts';
import { correctionsOf } from './corrections.ts';
import type { Fold, Gloss } from './gloss-passage.ts';
import { leadFor } from './leads.ts';
import { phrases } from './phrases.ts';
import {
  choosePassages,
  listGlosses,
  placeOf,
  type QuotedPassage,
  quotePassage,
  quoteWords,
} from './quoted-passages.ts';
import { doubtOf, gistOf, glossesOf, ownershipOf, translationOf } from './told-meaning.ts';

const MOST_NOTES = 8;
const MOST_WORDS_EXPLAINED = 20;

interface Material {
  question: string;
  /** How it begins. */
  lead: string | undefined;
  quoted: [QuotedPassage, ...QuotedPassage[]];
  glosses: Gloss[];
  /** The learner answers what the tutor has asked. */
  replies: boolean;
  /** What the tutor has said. */
  before: string;
}

const MODES: Record<TutorMode, (material: Material) => string[]> = {
  qa: answerQuestion,
  explain: explainWords,
  translate: helpToTranslate,
  socratic: askFirst,
};

/** What can honestly be said without a model, in the manner of the mode; what it is, at first. */
export function composeAnswer(request: AnswerRequest, fold: Fold): string {
  const isFirst = request.messages.every(({ type }) => type !== 'ai');
  return [...sayAll(request, fold), ...(isFirst ? [phrases.noModel] : [])].join('\n\n');
}

function sayAll(request: AnswerRequest, fold: Fold): string[] {
  const { passages, question, mode = 'qa', messages, focus, query = question } = request;
  const smallTalk = passages.length === 0 ? smallTalkIn(question) : undefined;
  if (smallTalk) return [replyTo(smallTalk)];
  const wanted = focus && 'line' in focus && focus.line ? focus.line : query;
  const [best, ...others] = choosePassages(passages, wanted, fold);
  if (!best) return [phrases.nothingFound, phrases.rephrase];
  const quoted: Material['quoted'] = focus && focus.kind !== 'same' ? [best] : [best, ...others];
  const glosses = uniqueTerms(glossesOf(best, fold), fold);
  const before = messages.flatMap(({ type, text }) => (type === 'ai' ? text : [])).join('\n');
  const replies = before !== '' && isReply(question);
  const lead = focus && leadFor(focus, best);
  return [
    ...correctionsOf(question, quoted),
    ...readingAskedFor(question, quoted, fold),
    ...MODES[mode]({ question, lead, quoted, glosses, replies, before }),
  ];
}

/** Each term once, in whichever script it stands. */
function uniqueTerms(glosses: readonly Gloss[], fold: Fold): Gloss[] {
  const keys = glosses.map(({ term }) => [...term].map(fold).join(''));
  return glosses.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function replyTo(smallTalk: SmallTalk): string {
  return smallTalk === 'greeting' ? phrases.greeting : phrases.smallTalk[smallTalk];
}

function answerQuestion({ lead, quoted, glosses }: Material): string[] {
  return [
    lead ?? phrases.opening(quoted.length),
    ...quoted.flatMap((each, index) => [
      ...quotePassage(each),
      ...(index === 0 ? translationOf(each) : []),
      ...gistOf(each),
      ...doubtOf(each),
    ]),
    ...notes(glosses.slice(0, MOST_NOTES)),
    ...ownershipOf(quoted),
  ];
}

function explainWords({ lead, quoted, glosses }: Material): string[] {
  const [best, ...others] = quoted;
  const words = listGlosses(glosses.slice(0, MOST_WORDS_EXPLAINED));
  const elsewhere = others.filter(({ passage }) => passage.chapterId !== best.passage.chapterId);
  const compare = elsewhere.flatMap((other) => [placeOf(other.passage), quoteWords(other)]);
  const sections: Record<(typeof EXPLAIN_HEADINGS)[number], string[]> = {
    字词: [words || phrases.noHardWords],
    句意: [...orElse(translationOf(best), phrases.sentenceByYourself), ...doubtOf(best)],
    大意: orElse(gistOf(best), phrases.gistByYourself),
    出处: [placeOf(best.passage)],
    延伸: compare.length > 0 ? [phrases.compare, ...compare] : [phrases.nothingToCompare],
  };
  const written = EXPLAIN_HEADINGS.flatMap((heading) => [`## ${heading}`, ...sections[heading]]);
  return [...(lead ? [lead] : []), quoteWords(best), ...written, ...ownershipOf([best])];
}

function orElse(told: string[], otherwise: string): string[] {
  return told.length > 0 ? told : [otherwise];
}

function helpToTranslate({ question, lead, quoted, glosses }: Material): string[] {
  const toModern = translationDirection(question) === 'to-modern';
  const translated = toModern && translationOf(quoted[0]).length > 0;
  const modern = translated ? phrases.translated : phrases.noTranslation;
  return [
    ...(lead ? [lead] : []),
    toModern ? modern : phrases.noClassicalWriting,
    ...quoted.flatMap((each) => [
      ...quotePassage(each),
      ...(toModern ? [...translationOf(each), ...doubtOf(each)] : []),
    ]),
    ...notes(glosses.slice(0, MOST_WORDS_EXPLAINED)),
    ...ownershipOf(quoted),
  ];
}

/** The first question is about a word; what it means is told when the learner has tried. */
function askFirst(material: Material): string[] {
  const { question, lead, quoted, glosses, replies } = material;
  const [best] = quoted;
  if (givesUp(question)) return helpOn(material);
  const [word] = glosses.filter(({ meaning }) => meaning !== null);
  if (replies) {
    const words = listGlosses(glosses.slice(0, MOST_NOTES));
    const told = words ? [phrases.checkYourself, words] : [];
    return [...told, quoteWords(best), phrases.askWhole];
  }
  const asked = word ? phrases.askWord(word.term) : phrases.askWhole;
  return [lead ?? phrases.lookFirst, ...quotePassage(best), asked];
}

/** Each time something that was not told yet: the words, another passage, and then who may help. */
function helpOn({ quoted, glosses, before }: Material): string[] {
  const [best, ...others] = quoted;
  const words = listGlosses(glosses.slice(0, MOST_WORDS_EXPLAINED));
  if (words !== '' && !before.includes(words))
    return [phrases.helpWithWords, words, quoteWords(best), phrases.askWhole];
  const [other] = others;
  if (other && !before.includes(other.excerpt))
    return [phrases.readBeside, ...quotePassage(other), quoteWords(best), phrases.askWhole];
  const meaning = [...translationOf(best), ...gistOf(best)];
  if (meaning.length === 0) return [phrases.tellPlace, ...quotePassage(best)];
  return [
    phrases.tellMeaning,
    ...quotePassage(best),
    ...meaning,
    ...doubtOf(best),
    ...ownershipOf([best]),
  ];
}

function notes(glosses: readonly Gloss[]): string[] {
  return glosses.length === 0 ? [] : [`**${phrases.notes}**`, listGlosses(glosses)];
}
