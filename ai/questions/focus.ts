/** What the first of the passages is to a question; told to those who answer it. */
export type Focus =
  /** What stands beside the words asked about; the very line, where it is one. */
  | { kind: 'next' | 'previous'; line?: string | undefined }
  /** Nothing stands beside them in their chapter. */
  | { kind: 'last' | 'first' }
  /** A point of the answer before is asked about. */
  | { kind: 'point' }
  /** Nothing but what was shown last is asked about. */
  | { kind: 'same' }
  /** Who says it, and where. */
  | { kind: 'source' };

/** Behind the passages of a question, for models that read prose. */
export const FOCUS_HINTS: Record<Focus['kind'], string> = {
  next: '\n\n（所问的下文在 [1] 里，从它讲起。）',
  previous: '\n\n（所问的上文在 [1] 里，从它讲起。）',
  last: '\n\n（[1] 已经到了这一篇的末尾，后面没有了，要如实说。）',
  first: '\n\n（[1] 已经是这一篇的开头，前面没有了，要如实说。）',
  point: '\n\n（学生问的那一点讲的是 [1]。）',
  same: '\n\n（学生接着问的，就是这里给的原文。）',
  source: '\n\n（学生问的是 [1] 的作者和出处。）',
};
