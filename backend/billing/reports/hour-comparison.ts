import { HOUR_MS } from './usage.ts';

/** Of what does not agree, so many are named: enough to begin to look. */
export const NAMED = 100;

/**
 * How far hours are compared: those that were summed up, and that have been over for an hour. What is
 * committed late is in the sums of a younger one only the next time. What lies in the future is wrong.
 */
export function comparedHours(currentHour: Date) {
  return { current: currentHour, settled: new Date(currentHour.getTime() - HOUR_MS) };
}

/**
 * The hours of a table whose sums differ from those of `counted`, which selects by `:until`.
 * The bounds are of the same snapshot, so that summing up meanwhile makes no difference.
 */
export function differingHours(parts: {
  table: string;
  counted: string;
  keys: readonly string[];
  sums: readonly string[];
}): string {
  const { table, counted, keys, sums } = parts;
  const until = `(select least(:settled::timestamptz,
    coalesce(max(hour) + interval '1 hour', 'epoch')) from ${table} where hour <= :current)`;
  const compared = sums.map((sum) => `counted.${sum} is distinct from summed.${sum}`);
  return `
    with counted as (${counted.replaceAll(':until', until)})
    select hour from (
      select coalesce(counted.hour, summed.hour) as hour from counted
        full join (select * from ${table} where hour < ${until}) as summed
          using (${keys.join(', ')})
        where ${compared.join(' or ')}
      union select hour from ${table} where hour > :current
    ) as differing
    group by hour order by hour limit ${NAMED}`;
}
