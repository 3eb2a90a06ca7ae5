import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentIds } from './platform/scope.ts';
import { isError, redacted, redactedText } from './redaction.ts';

export type { Logger };

/** What was logged as an error, with the ids of the work it happened in, and without secrets. */
export interface ErrorReport {
  message: string;
  error: Error | undefined;
  fatal: boolean;
  fields: Record<string, unknown>;
}

export interface LogSettings {
  /** Plain lines of pino, or those of the Elastic Common Schema. */
  format?: 'json' | 'ecs';
  serviceName?: string;
  /** Told of every line of level error or above. */
  report?: ((report: ErrorReport) => void) | undefined;
}

/** JSON lines that carry the ids of the work they are written in, and no secrets. */
export function createLogger(
  level: string,
  destination?: DestinationStream,
  { format = 'json', serviceName, report }: LogSettings = {},
): Logger {
  const shape = format === 'ecs' ? ecs(serviceName) : plain;
  const options: LoggerOptions = {
    ...shape,
    ...{ level, base: null },
    hooks: {
      logMethod(args, method, severity) {
        if (report && severity >= ERROR) report(reportOf(this, args, severity));
        const [first, ...rest] = args;
        const said = [first, ...rest].map((part: unknown) =>
          typeof part === 'string' ? redactedText(part) : part,
        );
        method.apply(this, said as typeof args);
      },
    },
  };
  return withCleanChildren(destination ? pino(options, destination) : pino(options));
}

/** What a child is bound to is written by pino itself, past the formatters. */
function withCleanChildren(logger: Logger): Logger {
  const { child } = logger;
  logger.child = function cleanChild(this: Logger, bindings: pino.Bindings, options?: object) {
    return child.call(this, redacted(bindings), options);
  } as Logger['child'];
  return logger;
}

const ERROR = 50;
const FATAL = 60;

/** pino writes into what it is given, so that each line needs a copy. */
const plain: LoggerOptions = {
  mixin: () => ({ ...currentIds() }),
  formatters: { log: redacted },
};

function ecs(serviceName = 'guoxue-tutor'): LoggerOptions {
  const { formatters, ...shape } = ecsFormat({ serviceName, apmIntegration: false });
  return {
    ...shape,
    mixin() {
      const { trace_id, span_id, trace_flags: _flags, ...ids } = currentIds();
      return { ...ids, ...(trace_id && { 'trace.id': trace_id, 'span.id': span_id }) };
    },
    formatters: {
      ...formatters,
      log: (fields) => redacted({ ...(formatters?.log?.(fields) ?? fields) }),
    },
  };
}

function reportOf(logger: Logger, args: readonly unknown[], severity: number): ErrorReport {
  const [first, second] = args;
  const { err, ...fields } = Object(typeof first === 'string' ? {} : first) as { err?: unknown };
  const error = [first, err].find(isError);
  const said = typeof first === 'string' ? first : second;
  return {
    message: redactedText(typeof said === 'string' ? said : (error?.message ?? 'error')),
    error,
    fatal: severity >= FATAL,
    fields: redacted({ ...logger.bindings(), ...currentIds(), ...fields }),
  };
}
