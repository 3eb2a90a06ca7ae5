import { simplify } from './simplify.ts';

const SOURCE = /谁写的|谁说的|谁的[话诗词文]|作者|出处|出自|来源|哪里的|哪本书|哪[一]?篇里?$/;

/** Whether it is asked who says something, or where it stands. */
export function asksForSource(question: string): boolean {
  return SOURCE.test(simplify(question));
}
