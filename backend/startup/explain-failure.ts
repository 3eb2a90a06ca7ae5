import { ConfigError } from '../config.ts';

/** For whoever started a program that cannot go on: the message and those of its causes, no stack. */
export function explainFailure(what: string, error: unknown): string {
  if (!(error instanceof Error)) return `${what}: ${String(error)}`;
  if (error instanceof ConfigError) return error.message;
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    causes.push(`  because: ${cause.message}`);
  }
  return [`${what}: ${error.message}`, ...causes].join('\n');
}
