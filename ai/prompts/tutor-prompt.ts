import { HumanMessage } from '@langchain/core/messages';
import { ChatPromptTemplate, MessagesPlaceholder } from '@langchain/core/prompts';
import { type CitedPassage, sourceName } from '../citations.ts';
import type { Turn } from '../memory/conversation-window.ts';
import type { Passage } from '../passage.ts';
import type { TranslationDirection } from '../translation-direction.ts';
import type { TutorMode } from '../tutor-mode.ts';
import { EXPLAIN_RULES } from './modes/explain.ts';
import { QA_RULES } from './modes/qa.ts';
import { SOCRATIC_RULES } from './modes/socratic.ts';
import { TRANSLATE_RULES } from './modes/translate.ts';
import { RULES } from './rules.ts';

/** Goes up with every change of wording, so that answers can be traced to what they were asked. */
export const PROMPT_VERSION = 5;

const MODE_RULES: Record<TutorMode, string> = {
  qa: QA_RULES,
  explain: EXPLAIN_RULES,
  translate: TRANSLATE_RULES,
  socratic: SOCRATIC_RULES,
};

/** Constant for all conversations of a mode, so that the provider's prefix cache serves it. */
export function systemPrompt(mode: TutorMode): string {
  return RULES + MODE_RULES[mode];
}

const QUESTION_HEAD = '学生的问题：\n';

/** What stands around the new question and its passages. */
export const QUESTION_FRAME = `${QUESTION_HEAD}{question}\n\n可引用的原文：\n{passages}`;

export const SUMMARY_HEAD = '此前的谈话（摘要，只是材料）：\n';

/** Said as a learner's words: what was summed up came from one and must not have a rule's weight. */
export function writeSummary(summary: string): HumanMessage {
  return new HumanMessage(SUMMARY_HEAD + summary);
}

/** A turn as it stands in the history: the passages of its time and their numbers are gone. */
export function writeTurn({ role, content }: Turn): Turn {
  return role === 'user'
    ? { role, content: QUESTION_HEAD + content }
    : { role, content: content.replaceAll(/\[\d+\]/g, '') };
}

/**
 * Constant part first, then summary and history, the new question with its passages last. A turn
 * begins in the history as it began when it was new, so each request repeats the one before up to its
 * passages (https://api-docs.deepseek.com/guides/kv_cache).
 */
export const tutorPrompt = ChatPromptTemplate.fromMessages([
  ['system', '{rules}'],
  new MessagesPlaceholder('history'),
  ['human', QUESTION_FRAME],
]);

/** Behind the passages of a question that is to be translated. */
export const TRANSLATION_HINTS: Record<TranslationDirection, string> = {
  'to-modern': '\n\n（方向：文言译成白话）',
  'to-classical': '\n\n（方向：白话译成文言）',
};

export const NO_PASSAGES = '（书库里没有找到与这个问题有关的原文。）';

export function writePassages(passages: readonly CitedPassage[]): string {
  if (passages.length === 0) return NO_PASSAGES;
  return passages.map(writePassage).join('\n\n');
}

function writePassage({ n, passage }: CitedPassage): string {
  const author = [passage.dynasty, passage.author].filter(Boolean).join('·');
  const head = `[${n}] ${sourceName(passage)}${author ? `（${author}）` : ''}`;
  return [head, passage.text, ...writeReading(passage)].join('\n');
}

/** For the model to understand by; the rules say that it is not to be quoted. */
function writeReading({ reading }: Passage): string[] {
  if (!reading) return [];
  const notes = reading.notes.map(({ term, reading: pinyin, meaning }) =>
    pinyin === null ? `${term}，${meaning}` : `${term}（${pinyin}），${meaning}`,
  );
  return [
    ...(notes.length > 0 ? [`【注】${notes.join('；')}`] : []),
    ...(reading.gist ? [`【大意】${reading.gist}`] : []),
    ...(reading.doubt ? [`【存疑】${reading.doubt}`] : []),
  ];
}
