import { createHash } from 'node:crypto';
import { askBriefly, type OnHouseUsage } from '../brief-request.ts';
import { CLASSICAL_WORDING_RULES } from '../prompts/house-rules.ts';
import type { AnswerModel } from '../providers/answer-model.ts';
import { foldText } from '../rag/folding.ts';

export interface ClassicalWordingParts {
  model: AnswerModel;
  onUsage: OnHouseUsage;
  log: { warn(fields: object, message: string): void };
  /** May forget anything at any time. */
  cache: {
    get(key: string): Promise<unknown>;
    set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  };
  limitMs?: number;
}

/**
 * How the classics may word what is asked, as a model guesses; none when it does not know. Words to
 * search by and nothing else: they may be wrong, and nobody may take them for a quotation.
 */
export type ClassicalWording = (
  asked: { question: string; cohort?: string | undefined },
  signal: AbortSignal,
) => Promise<string[]>;

const LIMIT_MS = 2_000;
const MAX_OUTPUT_TOKENS = 60;
const KEPT_SECONDS = 24 * 60 * 60;
const MOST_WORDINGS = 3;
const WORDING = /^\p{Script=Han}{2,16}$/u;

/** Asks the model once a question; nobody waits for it long. */
export function createClassicalWording(parts: ClassicalWordingParts): ClassicalWording {
  const { model, cache, log, limitMs = LIMIT_MS } = parts;

  async function askModel(question: string, cohort: string | undefined, signal: AbortSignal) {
    const reply = await askBriefly(parts, {
      ...{ purpose: 'classical-wording', rules: CLASSICAL_WORDING_RULES, cohort },
      material: `学生的问题：\n${question}`,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    // Who goes on and on has not kept to the rules.
    return reply.truncated ? [] : wordingsIn(reply.text);
  }

  return async ({ question, cohort }, signal) => {
    const key = keyOf(model.name, question);
    try {
      const kept = await cache.get(key);
      if (typeof kept === 'string') return wordingsIn(kept);
      const wordings = await askModel(question, cohort, signal);
      await cache.set(key, wordings.join('\n'), KEPT_SECONDS);
      return wordings;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error }, 'no classical wording, the question is searched for as it is');
      return [];
    }
  };
}

/** The rules are part of it: other rules, other answers. A digest, because questions are private. */
function keyOf(model: string, question: string): string {
  const asked = JSON.stringify([model, CLASSICAL_WORDING_RULES, foldText(question)]);
  return `classical-wording:${createHash('sha256').update(asked).digest('base64url')}`;
}

/** Lines that are a wording and nothing else; numbers, punctuation and explanations are none. */
function wordingsIn(reply: string): string[] {
  const lines = reply.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => WORDING.test(line)))].slice(0, MOST_WORDINGS);
}
