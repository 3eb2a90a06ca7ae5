import { askBriefly, type OnHouseUsage } from './brief-request.ts';
import { TITLE_RULES } from './prompts/house-rules.ts';
import type { AnswerModel } from './providers/answer-model.ts';

const MOST_CHARACTERS = 14;
const MAX_OUTPUT_TOKENS = 40;
/** Of each; a title is about the beginning. */
const READ_CHARACTERS = 400;

/** What a conversation that begins like this is about; undefined when the model gave nothing usable. */
export async function titleOf(
  tools: { model: AnswerModel; onUsage: OnHouseUsage },
  begun: { question: string; answer: string; cohort?: string | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  const beginning = (text: string) => [...text].slice(0, READ_CHARACTERS).join('');
  const { text } = await askBriefly(tools, {
    ...{ purpose: 'title', rules: TITLE_RULES, cohort: begun.cohort, signal },
    material: `学生：${beginning(begun.question)}\n老师：${beginning(begun.answer)}`,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return cleanTitle(text);
}

/** Models like to put marks around a title, a label before it and a full stop behind it. */
export function cleanTitle(text: string): string | undefined {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  const bare = line
    .replace(/^[\s#*>-]*(?:标题|題目|题目|標題)\s*[:：]\s*/, '')
    .replaceAll(/[「」『』“”‘’"'`*#]/g, '')
    .replace(/^[\s，。：:、-]+/, '')
    .replace(/[\s，。！？!?.；;：:、…]+$/, '');
  const characters = [...bare];
  return characters.length === 0 ? undefined : characters.slice(0, MOST_CHARACTERS).join('');
}
