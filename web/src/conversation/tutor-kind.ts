import type { ApiClient } from '../api/api-client.ts';
import { createObservable, type Observable } from '../state/observable.ts';

export interface TutorKind {
  /** True once the server has said that no language model stands behind it. */
  offline: Observable<boolean>;
  /** Asks the server, unless it has said so before. */
  learn(): Promise<void>;
}

/** Which tutor answers here: a model, or the one that only quotes. */
export function createTutorKind(client: ApiClient): TutorKind {
  const offline = createObservable(false);
  let learnt: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      offline.set((await client.call<{ model: string }>('/ready')).model === 'offline');
    } catch {
      learnt = null;
    }
  }

  return {
    offline,
    learn() {
      learnt ??= ask();
      return learnt;
    },
  };
}
