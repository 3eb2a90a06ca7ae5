import { useId } from 'react';
import type { Rates } from '../../api/billing-types.ts';
import { formatMillionths, formatThousandths } from '../../billing/amounts.ts';
import { beijingTime } from '../../billing/beijing-time.ts';
import { strings } from '../../strings.ts';
import type { DatedPrice } from '../billing-types.ts';
import type { ModelPrices } from './group-prices.ts';

const words = strings.adminPrices;

interface ModelPricesProps {
  group: ModelPrices;
  onAdd(): void;
}

export function ModelPricesSection({ group, onAdd }: ModelPricesProps) {
  const id = useId();
  const { model, future, current, past } = group;
  const name = model === '*' ? words.any : model;
  return (
    <section className="model-prices" aria-labelledby={id}>
      <header>
        <h2 id={id}>
          {name}
          {model === '*' && <span className="entry-aside">*</span>}
        </h2>
        <button
          type="button"
          className="button button-small"
          aria-label={words.addFor(name)}
          onClick={onAdd}
        >
          {words.add}
        </button>
      </header>
      <ol className="entries">
        {future.map((price) => (
          <PriceRow key={price.id} price={price} state="future" />
        ))}
        {current && <PriceRow price={current} state="current" />}
      </ol>
      {past.length > 0 && (
        <details>
          <summary className="fine-print">{words.history(past.length)}</summary>
          <ol className="entries">
            {past.map((price) => (
              <PriceRow key={price.id} price={price} state="past" />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

const LOOKS = { current: 'tag tag-seal', future: 'tag tag-bad', past: 'tag tag-good' };

function PriceRow({ price, state }: { price: DatedPrice; state: keyof typeof LOOKS }) {
  return (
    <li className={state === 'past' ? 'entry entry-past' : 'entry'}>
      <div className="entry-text">
        <p>
          <span className={LOOKS[state]}>{words.state[state]}</span>
          <time dateTime={price.effectiveFrom}>{words.from(beijingTime(price.effectiveFrom))}</time>
        </p>
        <dl className="rate-lines">
          <RateLine name={words.offPeak} rates={price.offPeak} write={formatThousandths} />
          <RateLine name={words.peak} rates={price.peak} write={formatThousandths} />
        </dl>
        <ProviderRates price={price} />
      </div>
    </li>
  );
}

/** What the provider asks, out of the way: it is looked at seldom. */
function ProviderRates({ price }: { price: DatedPrice }) {
  const { currency, providerOffPeak, providerPeak } = price;
  const money = (amount: number) => formatMillionths(amount, currency, 6);
  return (
    <details>
      <summary className="fine-print">{words.providerCost}</summary>
      <p className="fine-print">{words.theirs}</p>
      <dl className="rate-lines">
        <RateLine name={words.offPeak} rates={providerOffPeak} write={money} />
        <RateLine name={words.peak} rates={providerPeak} write={money} />
      </dl>
    </details>
  );
}

interface RateLineProps {
  name: string;
  rates: Rates;
  write(amount: number): string;
}

function RateLine({ name, rates, write }: RateLineProps) {
  const { prompt, cached, completion } = rates;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{words.rates(write(prompt), write(cached), write(completion))}</dd>
    </div>
  );
}
