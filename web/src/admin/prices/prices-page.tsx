import { useState } from 'react';
import { Icon } from '../../layout/icon.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { DatedPrice, DatedPrices } from '../billing-types.ts';
import { groupPrices } from './group-prices.ts';
import { holidaysRunOut } from './holidays.ts';
import { ModelPricesSection } from './model-prices-section.tsx';
import { PriceDialog } from './price-dialog.tsx';

const words = strings.adminPrices;

export function AdminPricesPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <Prices />
    </AdminPage>
  );
}

/** What a new price starts from: a model's present one, or nothing. */
interface Start {
  model: string;
  price: DatedPrice | null;
}

function Prices() {
  const [resource, reload] = useResource<DatedPrices>('/api/admin/prices');
  const [start, setStart] = useState<Start | null>(null);
  return (
    <>
      <p className="admin-actions">
        <button
          type="button"
          className="button"
          onClick={() => setStart({ model: '', price: null })}
        >
          <Icon name="plus" />
          {words.add}
        </button>
      </p>
      <Loaded resource={resource} onRetry={reload}>
        {({ items, holidaysKnownUntil }) => (
          <>
            {holidaysRunOut(holidaysKnownUntil, new Date()) && (
              <p className="form-notice" role="status">
                {words.holidaysEnd(holidaysKnownUntil)}
              </p>
            )}
            {items.length === 0 && <p className="empty-note">{words.empty}</p>}
            {groupPrices(items, new Date()).map((group) => (
              <ModelPricesSection
                key={group.model}
                group={group}
                onAdd={() => setStart({ model: group.model, price: group.current })}
              />
            ))}
          </>
        )}
      </Loaded>
      {start && <PriceDialog {...start} onAdded={reload} onClose={() => setStart(null)} />}
    </>
  );
}
