import { z } from 'zod';
import { beijingMidnight } from './beijing-time.ts';

const dayPattern = /^\d{4}-\d\d-\d\d$/;
const error = '必须是日期（如 2026-10-01，按北京时间）或带时区的 ISO 8601 时间';

/** A moment, or a day of Beijing's calendar: then the midnight before it, or after it for an end. */
const moment = (daysLater: 0 | 1) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], { error })
    // PostgreSQL knows no year 0.
    .refine((text) => !text.startsWith('0000'), { error })
    .transform((text) => {
      if (!dayPattern.test(text)) return new Date(text);
      const day = new Date(text);
      const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
      return beijingMidnight(year, month, date + daysLater);
    });

/** A stretch of time as callers name it: from `from` up to `to`; a day as `to` is part of it. */
export const periodQuery = { from: moment(0).optional(), to: moment(1).optional() };

/** For a whole query: an end that is not after its beginning is a slip, not a time without anything. */
export const periodInOrder = [
  ({ from, to }: { from?: Date | undefined; to?: Date | undefined }) => !from || !to || from < to,
  { error: '必须早于 to', path: ['from'] },
] satisfies Parameters<z.ZodObject['refine']>;
