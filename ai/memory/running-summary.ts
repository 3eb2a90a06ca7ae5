import { askBriefly, type OnHouseUsage } from '../brief-request.ts';
import { SUMMARY_RULES } from '../prompts/house-rules.ts';
import type { AnswerModel } from '../providers/answer-model.ts';
import type { CountTokens } from '../tokens/count-tokens.ts';
import { type Turn, turnCounter, turnsToFold, type WindowMarks } from './conversation-window.ts';

/** What stands after a summary is folded into it when it comes to more, until so much is left. */
export const SUMMARY_MARKS: WindowMarks = { most: 3_000, least: 1_500 };

const MAX_OUTPUT_TOKENS = 500;
const MOST_CHARACTERS = 600;

export interface Folded {
  summary: string;
  /** So many of the oldest turns are in it. */
  turns: number;
}

/** A new summary with the oldest turns in it; undefined when it is not time yet, or none came of it. */
export async function foldIntoSummary(
  tools: { model: AnswerModel; onUsage: OnHouseUsage; countTokens: CountTokens },
  said: { summary: string | null; turns: readonly Turn[]; cohort?: string | undefined },
  signal: AbortSignal,
): Promise<Folded | undefined> {
  const turns = turnsToFold(said.turns, SUMMARY_MARKS, turnCounter(tools.countTokens));
  if (turns === 0) return undefined;
  const { text, truncated } = await askBriefly(tools, {
    ...{ purpose: 'summary', rules: SUMMARY_RULES, cohort: said.cohort, signal },
    material: writeMaterial(said.summary, said.turns.slice(0, turns)),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  const summary = tidy(text, truncated);
  return summary === '' ? undefined : { summary, turns };
}

function writeMaterial(summary: string | null, turns: readonly Turn[]): string {
  const told = turns.map(
    ({ role, content }) =>
      `${role === 'user' ? '学生' : '老师'}：${content.replaceAll(/\[\d+\]/g, '')}`,
  );
  return `先前的摘要：\n${summary ?? '（没有）'}\n\n接下来的谈话：\n${told.join('\n')}`;
}

/** One that was cut off, or runs on, ends with its last whole sentence. */
function tidy(text: string, truncated: boolean): string {
  const whole = [...text.trim()];
  if (!truncated && whole.length <= MOST_CHARACTERS) return whole.join('');
  const kept = whole.slice(0, MOST_CHARACTERS).join('');
  const end = kept.lastIndexOf('。');
  return end < 0 ? kept : kept.slice(0, end + 1);
}
