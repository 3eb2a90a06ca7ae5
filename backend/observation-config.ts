import { z } from 'zod';

const httpUrl = z
  .url({ error: 'must be a URL' })
  .regex(/^https?:\/\//, { error: 'must start with http:// or https://' });
const port = { error: 'must be 0 to 65535' };

/** Settings of what an operator sees from outside; the names are those of the standards. */
export const observationEnvironment = {
  METRICS_PORT: z.coerce
    .number({ error: 'must be a number' })
    .int({ error: 'must be a whole number' })
    .min(0, port)
    .max(65535, port)
    .optional(),
  LOG_FORMAT: z.enum(['json', 'ecs'], { error: 'must be json or ecs' }).default('json'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(''),
  OTEL_SERVICE_NAME: z.string().max(100).default('guoxue-tutor'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'must be a number' })
    .min(0, { error: 'must be 0 to 1' })
    .max(1, { error: 'must be 0 to 1' })
    .default(1),
  SENTRY_DSN: httpUrl.optional(),
  SENTRY_ENVIRONMENT: z.string().max(64).optional(),
};

type ObservationSettings = z.output<z.ZodObject<typeof observationEnvironment>>;

export type TracingSettings = NonNullable<ReturnType<typeof tracingOf>>;
export type ErrorReportSettings = NonNullable<ReturnType<typeof errorReportsOf>>;

/** Where spans go; undefined where none are made. */
export function tracingOf(env: ObservationSettings) {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return undefined;
  return {
    url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '')}/v1/traces`,
    headers: headersIn(env.OTEL_EXPORTER_OTLP_HEADERS),
    serviceName: env.OTEL_SERVICE_NAME,
    /** Share of the traces that begin here and are kept; others are kept as whoever began them says. */
    share: env.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** `name=value,name=value`, the values percent-encoded, as the standard has it. */
function headersIn(list: string): Record<string, string> {
  const pairs = list.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.flatMap(([name = '', ...value]) =>
      name.trim() === '' ? [] : [[name.trim(), decoded(value.join('=').trim())]],
    ),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Where errors are reported to; undefined where nobody is told. */
export function errorReportsOf(env: ObservationSettings & { NODE_ENV: string }) {
  if (!env.SENTRY_DSN) return undefined;
  return { dsn: env.SENTRY_DSN, environment: env.SENTRY_ENVIRONMENT ?? env.NODE_ENV };
}
