import type { Database } from '../database/database.ts';
import { currentIds } from '../scope.ts';
import type { Span, Tracing } from './tracing.ts';

/** Of Knex's event of a query that begins; its words hold placeholders, never values. */
interface Query {
  __knexQueryUid: string;
  sql: string;
}

/** A span for each query of work that is traced; what only looks around now and then is not. */
export function traceQueries(tracing: Tracing, { knex: primary, replica }: Database): void {
  for (const knex of replica ? [primary, replica.knex] : [primary]) {
    const running = new Map<string, Span>();
    const end = ({ __knexQueryUid: id }: Query, error?: Error) => {
      const span = running.get(id);
      running.delete(id);
      if (error) span?.fail(error.name);
      span?.end();
    };
    knex.on('query', ({ __knexQueryUid: id, sql }: Query) => {
      if (currentIds().trace_flags !== '01') return;
      const span = tracing.begin(operationOf(sql), {
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': sql.trim() },
      });
      running.set(id, span);
    });
    knex.on('query-response', (_response: unknown, query: Query) => end(query));
    knex.on('query-error', (error: Error, query: Query) => end(query, error));
  }
}

/** `select`, `insert` …: names of spans must be few. */
function operationOf(sql: string): string {
  return /\w+/.exec(sql)?.[0].toLowerCase() ?? 'query';
}
