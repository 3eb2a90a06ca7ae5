import { z } from 'zod';
import { askBriefly, type OnHouseUsage } from '../brief-request.ts';
import { ENRICHMENT_RULES } from '../prompts/enrichment-rules.ts';
import type { AnswerModel } from '../providers/answer-model.ts';

export interface EnrichablePassage {
  id: string;
  /** 「书·篇」. */
  place: string;
  text: string;
  /** Then only questions are asked for. */
  translated: boolean;
}

/** What the model adds to a passage. */
export interface Enrichment {
  translation: string | null;
  questions: string[];
}

const MOST_QUESTIONS = 4;
const FEWEST_QUESTIONS = 2;
const LONGEST_QUESTION = 60;
const MOST_OUTPUT_TOKENS = 8_000;

/** Of each passage what was added; those are missing of which the model said nothing usable. */
export async function enrichPassages(
  house: { model: AnswerModel; onUsage: OnHouseUsage },
  passages: readonly EnrichablePassage[],
  signal: AbortSignal,
): Promise<Map<string, Enrichment>> {
  const { text } = await askBriefly(house, {
    purpose: 'enrichment',
    rules: ENRICHMENT_RULES,
    material: materialOf(passages),
    maxOutputTokens: Math.min(MOST_OUTPUT_TOKENS, outputTokensOf(passages) * 2),
    signal,
  });
  const enriched = new Map<string, Enrichment>();
  for (const item of readItems(text)) {
    const passage = passages[item.n - 1];
    const enrichment = passage && usable(passage, item);
    if (enrichment) enriched.set(passage.id, enrichment);
  }
  return enriched;
}

export function materialOf(passages: readonly EnrichablePassage[]): string {
  return passages
    .map(({ place, text, translated }, index) => {
      const head = `【${index + 1}】《${place}》${translated ? '（已有译文）' : ''}`;
      return `${head}\n${text}`;
    })
    .join('\n\n');
}

/** As much as a good reply is likely to take: a translation is longer than its text. */
export function outputTokensOf(
  passages: readonly Pick<EnrichablePassage, 'text' | 'translated'>[],
): number {
  return passages.reduce(
    (sum, { text, translated }) => sum + 90 + (translated ? 0 : Math.ceil(text.length * 1.2)),
    0,
  );
}

const itemSchema = z.object({
  n: z.int().min(1),
  translation: z.string().nullish(),
  questions: z.array(z.string()).default([]),
});
type Item = z.infer<typeof itemSchema>;

/** The items of the right shape, also of a reply with words around them, or cut off in the last one. */
function readItems(reply: string): Item[] {
  const objects = reply.match(/\{[^{}]*\}/gu) ?? [];
  return objects.flatMap((json) => {
    const read = itemSchema.safeParse(parseOrNull(json));
    return read.success ? [read.data] : [];
  });
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function usable(passage: EnrichablePassage, item: Item): Enrichment | null {
  const asked = item.questions.map((question) => question.trim()).filter(isQuestion);
  const questions = [...new Set(asked)].slice(0, MOST_QUESTIONS);
  const translation = passage.translated ? null : (item.translation?.trim() ?? '');
  const complete = translation === null || isTranslation(translation, passage.text);
  return complete && questions.length >= FEWEST_QUESTIONS ? { translation, questions } : null;
}

function isQuestion(text: string): boolean {
  return text.length >= 4 && text.length <= LONGEST_QUESTION && /\p{Script=Han}/u.test(text);
}

/** Neither the text itself nor a fragment or a lecture. */
function isTranslation(translation: string, text: string): boolean {
  const bare = (words: string) => words.replace(/[^\p{Script=Han}]/gu, '');
  const length = bare(translation).length;
  const source = bare(text);
  return (
    length > source.length / 3 && length < source.length * 10 + 60 && bare(translation) !== source
  );
}
