import type { PassageLibrary } from './passage-library.ts';
import { createRetriever } from './retriever.ts';

/** Whether the library has something on a question, told from its words alone: cheap enough to ask often. */
export function createAnswerable(
  library: PassageLibrary,
  minSupport: number,
): (question: string) => Promise<boolean> {
  const lexical = createRetriever({
    library,
    nearest: async () => [],
    likeness: { to: () => () => 0 },
    onDenseFailure: () => undefined,
  });
  return async (question) => (await lexical.retrieve(question, { limit: 1 })).support >= minSupport;
}
