import { askBriefly, type OnHouseUsage } from '../brief-request.ts';
import type { Turn } from '../memory/conversation-window.ts';
import { REWRITE_RULES } from '../prompts/house-rules.ts';
import type { AnswerModel } from '../providers/answer-model.ts';

export interface RewriteParts {
  model: AnswerModel;
  onUsage: OnHouseUsage;
  log: { warn(fields: object, message: string): void };
  limitMs?: number;
}

/** A question that stands alone, or undefined: then the rules decide. */
export type RewriteQuestion = (
  asked: { question: string; history: readonly Turn[]; cohort?: string | undefined },
  signal: AbortSignal,
) => Promise<string | undefined>;

const LIMIT_MS = 2_500;
const MAX_OUTPUT_TOKENS = 80;
const READ_TURNS = 4;
const READ_CHARACTERS = 300;
const FEWEST_CHARACTERS = 2;
const MOST_CHARACTERS = 80;

/** Has a question that points back rewritten by the model; nobody waits for it long. */
export function createRewriteQuestion(parts: RewriteParts): RewriteQuestion {
  return async ({ question, history, cohort }, signal) => {
    const limit = AbortSignal.timeout(parts.limitMs ?? LIMIT_MS);
    try {
      const reply = await askBriefly(parts, {
        ...{ purpose: 'rewrite', rules: REWRITE_RULES, cohort },
        material: writeMaterial(question, history),
        maxOutputTokens: MAX_OUTPUT_TOKENS,
        signal: AbortSignal.any([signal, limit]),
      });
      return reply.truncated ? undefined : usable(reply.text);
    } catch (error) {
      signal.throwIfAborted();
      parts.log.warn({ err: error }, 'question not rewritten, the rules decide');
      return undefined;
    }
  };
}

function writeMaterial(question: string, history: readonly Turn[]): string {
  const told = history.slice(-READ_TURNS).map(({ role, content }) => {
    const beginning = [...content.replaceAll(/\[\d+\]/g, '')].slice(0, READ_CHARACTERS).join('');
    return `${role === 'user' ? '学生' : '老师'}：${beginning}`;
  });
  return `${told.join('\n')}\n\n学生的最后一句话：\n${question}`;
}

/** One line of a question's length: an explanation or an answer is none. */
function usable(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [line = ''] = lines;
  const bare = line
    .trim()
    .replace(/^(?:改写后?的?问题|问题|改写)\s*[:：]\s*/, '')
    .trim();
  const length = [...bare].length;
  const fits = lines.length === 1 && length >= FEWEST_CHARACTERS && length <= MOST_CHARACTERS;
  return fits && /\p{Script=Han}/u.test(bare) ? bare : undefined;
}
