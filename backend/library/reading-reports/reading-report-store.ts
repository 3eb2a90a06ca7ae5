import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ReadingReport } from './reading-report.ts';

export interface ReadingReportStore {
  add(
    report: Pick<ReadingReport, 'passageId' | 'workId' | 'comment'> & { userId: string },
  ): Promise<string>;
  byId(id: string): Promise<ReadingReport | undefined>;
  /** Newest first. */
  list(
    filter: { handled?: boolean | undefined },
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<ReadingReport[]>;
  /** Oldest first. */
  ofUser(userId: string): Promise<ReadingReport[]>;
  markHandled(id: string, by: string | null): Promise<void>;
}

interface Row {
  id: string;
  passage_id: string;
  work_id: string;
  work: string;
  text: string | null;
  user_id: string;
  nickname: string;
  comment: string;
  created_at: Date;
  handled_at: Date | null;
}

export function createReadingReportStore(knex: Knex): ReadingReportStore {
  const select = () =>
    knex('reading_reports as reports')
      .join('works', 'works.id', 'reports.work_id')
      .join('users', 'users.id', 'reports.user_id')
      .leftJoin('passages', 'passages.id', 'reports.passage_id')
      .select('reports.*', 'works.title as work', 'users.nickname', 'passages.text');
  return {
    async add({ passageId, workId, userId, comment }) {
      const id = randomUUID();
      const row = { id, passage_id: passageId, work_id: workId, user_id: userId, comment };
      await knex('reading_reports').insert(row);
      return id;
    },
    async byId(id) {
      const [row] = await select().where('reports.id', id);
      return row && toReport(row as Row);
    },
    async list({ handled }, { limit, before }) {
      const rows = select().orderByRaw('reports.created_at desc, reports.id desc').limit(limit);
      if (handled !== undefined) rows[handled ? 'whereNotNull' : 'whereNull']('reports.handled_at');
      if (before) {
        rows.whereRaw('(reports.created_at, reports.id) < (?::timestamptz, ?::uuid)', [...before]);
      }
      return (await rows).map((row) => toReport(row as Row));
    },
    async ofUser(userId) {
      const rows = await select().where('reports.user_id', userId).orderBy('reports.created_at');
      return rows.map((row) => toReport(row as Row));
    },
    async markHandled(id, by) {
      const handled_at = by === null ? null : knex.raw('clock_timestamp()');
      await knex('reading_reports').where({ id }).update({ handled_at, handled_by: by });
    },
  };
}

function toReport(row: Row): ReadingReport {
  return {
    id: row.id,
    passageId: row.passage_id,
    workId: row.work_id,
    work: row.work,
    text: row.text,
    user: { id: row.user_id, nickname: row.nickname },
    comment: row.comment,
    createdAt: row.created_at,
    handledAt: row.handled_at,
  };
}
