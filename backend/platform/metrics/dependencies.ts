import { inTime } from '../in-time.ts';
import type { Metrics } from './metrics.ts';

const DEPENDENCIES = ['database', 'cache', 'vectors'] as const;

/** Each rejects or says false where the server does not answer. */
export type DependencyChecks = Record<(typeof DEPENDENCIES)[number], () => Promise<unknown>>;

/** For how long an answer is good: several may scrape. */
const FRESH_MS = 2_000;
/** Less than a scrape waits: who is silent is down. */
const PATIENCE_MS = 2_000;

/** What the process stands on, as seen from it: 1 where it answers, 0 where it does not. */
export function watchDependencies(metrics: Metrics, checks: DependencyChecks): void {
  metrics.reading({
    name: 'dependency_up',
    help: 'Whether a server answers this process; those that are embedded count as well',
    type: 'gauge',
    labels: { dependency: DEPENDENCIES },
    freshForMs: FRESH_MS,
    read: () =>
      Promise.all(
        DEPENDENCIES.map(async (dependency) => ({
          labels: { dependency },
          value: (await answers(checks[dependency])) ? 1 : 0,
        })),
      ),
  });
}

async function answers(check: () => Promise<unknown>): Promise<boolean> {
  const answered = check().then(
    (answer) => answer !== false,
    () => false,
  );
  return inTime(PATIENCE_MS, answered, () => false);
}
