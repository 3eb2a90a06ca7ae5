import { formatMillionths, formatTokens } from '../../billing/amounts.ts';
import { strings } from '../../strings.ts';
import type { DatedPrice } from '../billing-types.ts';
import {
  type PriceDraft,
  readDraft,
  TYPICAL,
  type TypicalCost,
  typicalCost,
} from './price-draft.ts';

const words = strings.adminPrices;

interface PricePreviewProps {
  draft: PriceDraft;
  price: DatedPrice | null;
  /** Null while it is being typed. */
  currency: string | null;
}

function costsIn(currency: string | null, { providerOffPeak, providerPeak }: TypicalCost): string {
  if (currency === null) return '—';
  const money = (amount: number) => formatMillionths(amount, currency, 4);
  return `${money(providerOffPeak)} / ${money(providerPeak)}`;
}

/** What an ordinary answer would cost learners, and the site. */
export function PricePreview({ draft, price, currency }: PricePreviewProps) {
  const read = readDraft(draft);
  const after = 'rates' in read ? typicalCost(read.rates) : null;
  const before = price && typicalCost(price);
  const { fresh, cached, written } = TYPICAL;
  const rows = (name: string, cost: TypicalCost | null, currency: string | null) =>
    cost && (
      <tr>
        <th scope="row">{name}</th>
        <td>{formatTokens(cost.offPeak)}</td>
        <td>{formatTokens(cost.peak)}</td>
        <td>{costsIn(currency, cost)}</td>
      </tr>
    );
  return (
    <section className="price-preview" aria-live="polite">
      <h3 className="quiet-heading">{words.preview}</h3>
      <p className="fine-print">
        {words.previewLead(formatTokens(fresh), formatTokens(cached), formatTokens(written))}
      </p>
      <table className="figures">
        <thead>
          <tr>
            <th />
            <th scope="col">{words.offPeak}</th>
            <th scope="col">{words.peak}</th>
            <th scope="col">{words.providerCost}</th>
          </tr>
        </thead>
        <tbody>
          {rows(words.before, before, price?.currency ?? null)}
          {rows(words.after, after, currency)}
        </tbody>
      </table>
    </section>
  );
}
