import {
  holidaysKnownUntil,
  isPeak,
  peakHoursInWords,
  warnOfUnknownHolidays,
} from '../../backend/billing/prices/peak-hours.ts';

/** By Beijing's clock. */
const at = (day: string, time: string) => isPeak(new Date(`${day}T${time}+08:00`));

describe('the peak hours', () => {
  it.each([
    ['08:59:59.999', false],
    ['09:00:00.000', true],
    ['11:59:59.999', true],
    ['12:00:00.000', false],
    ['13:59:59.999', false],
    ['14:00:00.000', true],
    ['17:59:59.999', true],
    ['18:00:00.000', false],
    ['00:00:00.000', false],
    ['23:59:59.999', false],
  ])('on a working day at %s Beijing time: %s', (time, peak) => {
    expect(at('2026-03-11', time)).toBe(peak);
  });

  it.each([
    ['a Monday', '2026-03-09', true],
    ['a Friday', '2026-03-13', true],
    ['a Saturday', '2026-03-14', false],
    ['a Sunday', '2026-03-15', false],
    ['New Year’s Day', '2026-01-01', false],
    ['the Spring Festival', '2026-02-17', false],
    ['a Monday of the Spring Festival', '2026-02-16', false],
    ['the Tomb-Sweeping Day, a Monday off', '2026-04-06', false],
    ['Labour Day', '2026-05-01', false],
    ['the Dragon Boat Festival', '2026-06-19', false],
    ['the Mid-Autumn Festival', '2026-09-25', false],
    ['National Day', '2026-10-01', false],
    ['the day after the holidays of October', '2026-10-08', true],
    ['a Saturday on which people make up for a holiday', '2026-02-14', false],
    ['a Sunday on which people make up for a holiday', '2026-01-04', false],
  ])('%s (%s): %s', (_, day, peak) => {
    expect(at(day, '10:00:00')).toBe(peak);
  });

  it('go by Beijing’s calendar where another day is still on elsewhere', () => {
    expect(isPeak(new Date('2026-03-09T01:00:00Z'))).toBe(true);
    expect(isPeak(new Date('2026-03-08T23:30:00Z'))).toBe(false);
    expect(isPeak(new Date('2026-03-06T09:59:59Z'))).toBe(true);
    expect(isPeak(new Date('2026-03-06T10:00:00Z'))).toBe(false);
  });

  it('in a year whose holidays nobody has decreed yet go by the weekday alone', () => {
    expect(at('2042-10-01', '10:00:00')).toBe(true);
    expect(at('2042-10-04', '10:00:00')).toBe(false);
    expect(at('2042-10-05', '10:00:00')).toBe(false);
  });
});

describe('the holidays that are known', () => {
  const known = holidaysKnownUntil(new Date());
  const lastYear = Number(known.slice(0, 4));
  const moment = (year: number, day: string) => new Date(`${year}-${day}T10:00:00+08:00`);

  it('end with a year, whenever one asks', () => {
    expect(known).toMatch(/^\d{4}-12-31$/);
    expect(lastYear).toBeGreaterThanOrEqual(2026);
    expect(holidaysKnownUntil(moment(2026, '03-01'))).toBe(`${Math.min(lastYear, 2027)}-12-31`);
    expect(holidaysKnownUntil(moment(lastYear + 40, '03-01'))).toBe(known);
    // A year whose first of October is a Saturday.
    expect(holidaysKnownUntil(moment(2021, '12-31'))).toBe('2022-12-31');
  });

  it('are renewed in time: there is a warning in the last weeks and from then on', () => {
    const warnings = (now: Date) => {
      const said: unknown[] = [];
      warnOfUnknownHolidays({ warn: (...line: unknown[]) => void said.push(line) }, now);
      return said;
    };
    expect(warnings(moment(lastYear, '12-01'))).toEqual([]);
    const warning = [{ holidaysKnownUntil: known }, expect.stringContaining('chinese-days')];
    expect(warnings(moment(lastYear, '12-20'))).toEqual([warning]);
    expect(warnings(moment(lastYear + 1, '01-01'))).toEqual([warning]);
    expect(warnings(moment(lastYear + 9, '06-01'))).toEqual([warning]);
  });

  it('are told to learners where they are not known', () => {
    expect(peakHoursInWords(moment(lastYear, '12-31'))).not.toContain('还没有录入');
    expect(peakHoursInWords(moment(lastYear + 1, '01-01'))).toContain(
      `${lastYear + 1} 年的节假日还没有录入`,
    );
  });
});
