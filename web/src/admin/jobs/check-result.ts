import { strings } from '../../strings.ts';

const { faults } = strings.jobs.check;

export interface CheckResult {
  checked: { works: number; passages: number };
  records: Record<string, number>;
  vectors: Record<string, { orphans: number; missing: number; pending?: number } | null>;
  index: { works: number };
  forgottenFiles: number;
}

/** A job says of its result only that it is JSON. */
export function readCheckResult(value: unknown): CheckResult | null {
  const known = typeof value === 'object' && value !== null && 'checked' in value;
  return known && 'records' in value && 'vectors' in value ? (value as CheckResult) : null;
}

/**
 * What had to be put right, what a job was about to put right, and whether something could not be
 * looked at.
 */
export function checkFindings(result: CheckResult) {
  const vectors = Object.values(result.vectors);
  const sum = (key: 'orphans' | 'missing' | 'pending') =>
    vectors.reduce((total, each) => total + (each?.[key] ?? 0), 0);
  const counts: Record<string, number> = {
    ...result.records,
    orphans: sum('orphans'),
    missing: sum('missing'),
    index: result.index.works,
    forgottenFiles: result.forgottenFiles,
  };
  const findings = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]): [string, number] => [
      (faults as Record<string, string>)[name] ?? name,
      count,
    ]);
  return { findings, pending: sum('pending'), unseen: vectors.includes(null) };
}
