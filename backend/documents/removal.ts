const ATTEMPTS = 1_000;

/**
 * The job that takes vectors which nobody has a right to any more out of Chroma, when it is there.
 * `gone`: there is no document any more that could have a right to one.
 */
export function removal(workId: string, { gone = false } = {}) {
  return { kind: 'remove-vectors', payload: { workId, gone }, maxAttempts: ATTEMPTS };
}
