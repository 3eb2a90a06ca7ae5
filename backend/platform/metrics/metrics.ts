import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { inTime } from '../in-time.ts';

/**
 * What each label may say; a number lets in so many values, whichever come first. Whatever else is
 * said counts as `other`, so that no caller, model or provider can make the number of series grow.
 */
export type LabelValues = Record<string, readonly string[] | number>;
export type LabelsOf<Values extends LabelValues> = { [Label in keyof Values]: string };

export interface MetricSpec<Values extends LabelValues = LabelValues> {
  /** With its unit, in base units: `_seconds`, `_bytes`, `_total` for what only grows. */
  name: string;
  help: string;
  labels: Values;
}

export interface HistogramSpec<Values extends LabelValues> extends MetricSpec<Values> {
  /** Upper bounds, in the unit of the name. */
  buckets: readonly number[];
}

export interface ReadingSpec<Values extends LabelValues> extends MetricSpec<Values> {
  type: 'gauge' | 'counter';
  /**
   * Asked for at every scrape; what rejects or takes longer than seconds is left out of it, so that
   * an outage shows as a gap and never as a zero.
   */
  read(): Promise<readonly Sample<Values>[]> | readonly Sample<Values>[];
  /** Not asked again within so long: for what is dear to find out. */
  freshForMs?: number;
}

export interface Sample<Values extends LabelValues = LabelValues> {
  labels: LabelsOf<Values>;
  value: number;
}

/** What this process counts and measures, for Prometheus; each process has its own. */
export interface Metrics {
  counter<Values extends LabelValues>(
    spec: MetricSpec<Values>,
  ): { add(labels: LabelsOf<Values>, amount?: number): void };
  gauge<Values extends LabelValues>(
    spec: MetricSpec<Values>,
  ): { add(labels: LabelsOf<Values>, amount: number): void };
  histogram<Values extends LabelValues>(
    spec: HistogramSpec<Values>,
  ): { observe(labels: LabelsOf<Values>, value: number): void };
  reading<Values extends LabelValues>(spec: ReadingSpec<Values>): void;
  expose(): Promise<{ contentType: string; text: string }>;
}

/** From a cached answer to one that takes a model minutes. */
export const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
export const OTHER = 'other';

const READ_WITHIN_MS = 3_000;
/** So many combinations are shown as 0 from the start: what never happened is then told from what nobody watches. */
const MOST_SHOWN_AT_FIRST = 200;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter({ name, help, labels }) {
      const bounded = createBounds(labels);
      const counter = new Counter({ name, help, registers, labelNames: Object.keys(labels) });
      for (const each of combinations(labels)) counter.inc(each, 0);
      return { add: (given, amount = 1) => counter.inc(bounded(given), amount) };
    },
    gauge({ name, help, labels }) {
      const bounded = createBounds(labels);
      const gauge = new Gauge({ name, help, registers, labelNames: Object.keys(labels) });
      for (const each of combinations(labels)) gauge.set(each, 0);
      return { add: (given, amount) => gauge.inc(bounded(given), amount) };
    },
    histogram({ name, help, labels, buckets }) {
      const bounded = createBounds(labels);
      const labelNames = Object.keys(labels);
      const options = { name, help, registers, labelNames, buckets: [...buckets] };
      const histogram = new Histogram(options);
      for (const each of combinations(labels)) histogram.zero(each);
      return { observe: (given, value) => histogram.observe(bounded(given), value) };
    },
    reading: (spec) => addReading(registry, spec),
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function addReading<Values extends LabelValues>(
  registry: Registry,
  { name, help, type, labels, read, freshForMs = 0 }: ReadingSpec<Values>,
): void {
  const bounded = createBounds(labels);
  const ask = remembering(async () => read(), freshForMs);
  const collect = async () => {
    const samples = await readInTime(ask()).catch(() => []);
    metric.reset();
    // Without labels it would show 0 where nothing could be read.
    if (samples.length === 0 && labelNames.length === 0) metric.remove();
    for (const { labels: own, value } of samples) metric.inc(bounded(own), value);
  };
  const labelNames = Object.keys(labels);
  const options = { name, help, labelNames, registers: [registry], collect };
  const metric = type === 'gauge' ? new Gauge(options) : new Counter(options);
}

/** Asks once at a time, and not before what it knows is too old. */
function remembering<Answer>(ask: () => Promise<Answer>, freshForMs: number) {
  let answer: Promise<Answer> | undefined;
  let askAgainAt = 0;
  return (): Promise<Answer> => {
    if (answer && Date.now() < askAgainAt) return answer;
    const asked = ask();
    answer = asked;
    askAgainAt = Number.POSITIVE_INFINITY;
    asked.then(
      () => {
        askAgainAt = Date.now() + freshForMs;
      },
      () => {
        askAgainAt = 0;
      },
    );
    return asked;
  };
}

function readInTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
  return inTime(READ_WITHIN_MS, asked, () => {
    throw new Error('not read in time');
  });
}

function createBounds<Values extends LabelValues>(labels: Values) {
  const bounds = Object.entries(labels).map(([label, values]) => {
    const known = new Set(typeof values === 'number' ? [] : values);
    const most = typeof values === 'number' ? values : 0;
    return (given: LabelsOf<Values>): [string, string] => {
      const value = given[label] ?? OTHER;
      if (known.size < most) known.add(value);
      return [label, known.has(value) ? value : OTHER];
    };
  });
  return (given: LabelsOf<Values>): Record<string, string> =>
    Object.fromEntries(bounds.map((bound) => bound(given)));
}

/** Of labels whose values are all known. */
function combinations(labels: LabelValues): Record<string, string>[] {
  let made: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (typeof values === 'number') return [];
    made = made.flatMap((each) => values.map((value) => ({ ...each, [label]: value })));
    if (made.length > MOST_SHOWN_AT_FIRST) return [];
  }
  return made;
}
