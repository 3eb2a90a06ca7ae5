import type { CurrentPrice, PriceBoard } from '../api/billing-types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { ProfileSection } from '../profile/profile-section.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { formatThousandths } from './amounts.ts';
import { beijingMoment } from './beijing-moment.ts';
import { priceHoldsUntil } from './peak-window.ts';

const words = strings.prices;
const LINES = ['prompt', 'cached', 'completion'] as const;

/** What a model costs now, and at the other times. */
export function PricesSection() {
  const [prices, reload] = useResource<PriceBoard>('/api/billing/prices');
  return (
    <ProfileSection title={words.title} lead={words.lead}>
      {prices.state === 'loading' && (
        <p className="loading-note" role="status">
          {strings.loading}
        </p>
      )}
      {prices.state === 'failed' && <ErrorBox error={prices.error} onRetry={reload} />}
      {prices.state === 'ready' && <Board board={prices.data} />}
    </ProfileSection>
  );
}

function Board({ board: { items, peakHours } }: { board: PriceBoard }) {
  if (items.length === 0) return <p className="empty-note">{words.empty}</p>;
  const varied = items.filter((price) => !isFree(price) && !sameAllDay(price));
  return (
    <>
      {varied.length > 0 && (
        <p className="price-now">
          {nowLine(varied.some(({ peakNow }) => peakNow))}
          <span className="fine-print">{peakHours}</span>
        </p>
      )}
      {items.map((price) => (
        <PriceTable key={price.model} price={price} />
      ))}
    </>
  );
}

function nowLine(peakNow: boolean): string | null {
  const now = new Date();
  const until = priceHoldsUntil(now, peakNow);
  if (until === null) return null;
  const moment = beijingMoment(until, now);
  return peakNow ? words.peakNow(moment) : words.offPeakNow(moment);
}

const isFree = ({ offPeak, peak }: CurrentPrice) =>
  [offPeak, peak].every((rates) => LINES.every((line) => rates[line] === 0));
const sameAllDay = ({ offPeak, peak }: CurrentPrice) =>
  LINES.every((line) => offPeak[line] === peak[line]);

const nameOf = (model: string) =>
  Object.hasOwn(words.models, model) ? words.models[model as keyof typeof words.models] : model;

function PriceTable({ price }: { price: CurrentPrice }) {
  const name = nameOf(price.model);
  if (isFree(price)) {
    return (
      <p className="price-free">
        <strong>{name}</strong>
        <span>{words.free}</span>
      </p>
    );
  }
  const marked = (peak: boolean) => (price.peakNow === peak ? 'figure-now' : undefined);
  return (
    <table className="figures price-table">
      <caption>{name}</caption>
      <thead>
        <tr>
          <th scope="col">{words.item}</th>
          {[false, true].map((peak) => (
            <th key={`${peak}`} scope="col" className={marked(peak)}>
              {peak ? words.peak : words.offPeak}
              {price.peakNow === peak && <span className="tag tag-seal">{words.now}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {LINES.map((line) => (
          <tr key={line}>
            <th scope="row">{words.lines[line]}</th>
            <td className={marked(false)}>{formatThousandths(price.offPeak[line])}</td>
            <td className={marked(true)}>{formatThousandths(price.peak[line])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
