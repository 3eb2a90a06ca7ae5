import { useState } from 'react';
import { formatFen, formatTokens } from '../../billing/amounts.ts';
import { Choice } from '../../form/choice.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import type { UsageItem } from '../billing-types.ts';
import { BarChart } from './bar-chart.tsx';
import { ModelBars } from './model-bars.tsx';
import { byDay, byKey, lastDays, type Measure, totalOf, type Usage } from './usage-series.ts';
import { UsageTable } from './usage-table.tsx';

const words = strings.overview;

const say = (measure: Measure, value: number): string =>
  measure === 'revenueFen' ? formatFen(value) : formatTokens(value);

/** What was used, day by day and by model. */
export function UsageSection() {
  const [days, setDays] = useState('30');
  const [measure, setMeasure] = useState<Measure>('cost');
  const { from, to } = lastDays(Number(days), new Date());
  const period = `from=${from}&to=${to}`;
  const [daily, reloadDaily] = useResource<{ items: UsageItem[] }>(
    `/api/admin/usage?by=day&${period}`,
  );
  const [models, reloadModels] = useResource<{ items: UsageItem[] }>(
    `/api/admin/usage?by=model&${period}`,
  );
  return (
    <section className="overview-section" aria-labelledby="usage">
      <header>
        <h2 id="usage">{words.usage}</h2>
        <div className="overview-choices">
          <Choice
            label={words.measure}
            value={measure}
            options={words.measures}
            onChoose={(value) => setMeasure(value as Measure)}
          />
          <Choice label={words.period} value={days} options={words.periods} onChoose={setDays} />
        </div>
      </header>
      <Loaded resource={daily} onRetry={reloadDaily}>
        {({ items }) => <Daily series={byDay(items, from, to)} measure={measure} />}
      </Loaded>
      <Loaded resource={models} onRetry={reloadModels}>
        {({ items }) => <ModelBars series={byKey(items)} measure={measure} />}
      </Loaded>
    </section>
  );
}

const dayName = new Intl.DateTimeFormat('zh-CN', {
  month: 'long',
  day: 'numeric',
  timeZone: 'UTC',
});
const nameOf = (day: string) => dayName.format(new Date(day));

function Daily({ series, measure }: { series: Usage[]; measure: Measure }) {
  const [first, last] = [series[0], series.at(-1)];
  if (!first || !last) return null;
  return (
    <>
      <BarChart
        label={words.chart(words.measures[measure])}
        total={words.total(say(measure, totalOf(series, measure)))}
        bars={series.map((usage) => ({
          key: usage.key,
          value: Math.max(0, usage[measure]),
          said: `${nameOf(usage.key)} · ${say(measure, usage[measure])}`,
        }))}
        ends={[nameOf(first.key), nameOf(last.key)]}
      />
      <details>
        <summary className="fine-print">{words.table}</summary>
        <UsageTable series={series.toReversed()} nameOf={nameOf} />
      </details>
    </>
  );
}
