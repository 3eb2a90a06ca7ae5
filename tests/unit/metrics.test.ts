import { createMetrics } from '../../backend/platform/metrics/metrics.ts';

const NO_LABELS = {};

describe('the metrics', () => {
  it('hold what is read at that moment, and leave out what cannot be', async () => {
    const metrics = createMetrics();
    let value = 2;
    const read = async () => [{ labels: NO_LABELS, value: value++ }];
    metrics.reading({ name: 'alarms', help: 'of a test', type: 'gauge', labels: NO_LABELS, read });
    metrics.reading({
      ...{ name: 'broken', help: 'of a test', type: 'gauge', labels: NO_LABELS },
      read: () => Promise.reject(new Error('the database is away')),
    });
    const { text } = await metrics.expose();
    expect(text).toMatch(/^alarms 2$/m);
    expect(text).not.toMatch(/^broken \S/m);
    expect(text).toContain('process_cpu_seconds_total');
    expect((await metrics.expose()).text).toMatch(/^alarms 3$/m);
  });

  it('ask again only when what they know is too old, and at once after a failure', async () => {
    const metrics = createMetrics();
    let asked = 0;
    const read = async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return [{ labels: NO_LABELS, value: asked }];
    };
    metrics.reading({
      ...{ name: 'dear', help: 'of a test', type: 'gauge', labels: NO_LABELS },
      ...{ read, freshForMs: 60_000 },
    });
    expect((await metrics.expose()).text).not.toMatch(/^dear \d/m);
    for (let scrape = 0; scrape < 3; scrape += 1) {
      expect((await metrics.expose()).text).toMatch(/^dear 2$/m);
    }
    expect(asked).toBe(2);
  });

  it('show from the start what has not happened yet', async () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'ends_total', help: 'of a test', labels: { how: ['well', 'badly'] } });
    const { text } = await metrics.expose();
    expect(text).toMatch(/^ends_total\{how="well"\} 0$/m);
    expect(text).toMatch(/^ends_total\{how="badly"\} 0$/m);
  });

  it('never grow by what somebody says: unknown values count together', async () => {
    const metrics = createMetrics();
    const counter = metrics.counter({
      ...{ name: 'asked_total', help: 'of a test' },
      labels: { route: ['/api/sessions/:id'], model: 2 },
    });
    for (let each = 0; each < 100; each += 1) {
      counter.add({ route: `/api/sessions/${each}`, model: `model-${each}` });
    }
    const { text } = await metrics.expose();
    const series = text.split('\n').filter((line) => line.startsWith('asked_total{'));
    expect(series).toEqual([
      'asked_total{route="other",model="model-0"} 1',
      'asked_total{route="other",model="model-1"} 1',
      'asked_total{route="other",model="other"} 98',
    ]);
  });
});
