import {
  CLASSICAL_WORDING_RULES,
  HOUSE_HEAD,
  REWRITE_RULES,
  SUMMARY_RULES,
  TITLE_RULES,
} from '../../ai/prompts/house-rules.ts';
import type { ChatCompletionBody } from './deepseek-protocol.ts';

/** Asked by the house itself: for a title, a summary, a question rewritten, a classical wording. */
export function isForHouse({ messages }: ChatCompletionBody): boolean {
  const rules = messages?.[0]?.content;
  return typeof rules === 'string' && rules.startsWith(HOUSE_HEAD);
}

/** What a well-behaved model would say to that. */
export function answerForHouse({ messages }: ChatCompletionBody): string {
  const [rules, material] = messages.map(({ content }) => content);
  const asked = [...(material ?? '').matchAll(/学生：([^\n]+)/g)].map(([, text]) => text ?? '');
  if (rules === TITLE_RULES) return `「${(asked[0] ?? '').slice(0, 10)}」`;
  if (rules === SUMMARY_RULES)
    return `学生问过：${asked.map((text) => text.slice(0, 12)).join('、')}。`;
  if (rules === REWRITE_RULES) return `${asked.at(-1)}${material?.split('\n').at(-1)}`;
  if (rules === CLASSICAL_WORDING_RULES) return '过犹不及\n行有餘力';
  return '';
}
