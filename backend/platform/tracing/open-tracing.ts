import type { TracingSettings } from '../../observation-config.ts';
import { type Tracing, untraced } from './tracing.ts';

/** What makes spans is loaded only where somebody collects them. */
export async function openTracing(
  settings: TracingSettings | undefined,
  version: string,
): Promise<Tracing> {
  if (!settings) return untraced;
  const { createOpenTelemetry } = await import('./open-telemetry.ts');
  return createOpenTelemetry(settings, version);
}
