import { useState } from 'react';
import { formatFen, formatTokens } from '../../billing/amounts.ts';
import { Icon } from '../../layout/icon.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { RowButton } from '../../profile/profile-section.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { ManagedPackage } from '../billing-types.ts';
import { PackageDialog } from './package-dialog.tsx';

const words = strings.adminPackages;

export function AdminPackagesPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <Packages />
    </AdminPage>
  );
}

/** `new`: one that is about to be made. */
type Edited = ManagedPackage | 'new' | null;

function Packages() {
  const [resource, reload] = useResource<{ items: ManagedPackage[] }>('/api/admin/packages');
  const [edited, setEdited] = useState<Edited>(null);
  return (
    <>
      <p className="admin-actions">
        <button type="button" className="button" onClick={() => setEdited('new')}>
          <Icon name="plus" />
          {words.add}
        </button>
      </p>
      <Loaded resource={resource} onRetry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty-note">{words.empty}</p>
          ) : (
            <ul className="entries">
              {items.map((one) => (
                <PackageItem key={one.id} one={one} onEdit={() => setEdited(one)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited && (
        <PackageDialog
          edited={edited === 'new' ? null : edited}
          onSaved={reload}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}

function PackageItem({ one, onEdit }: { one: ManagedPackage; onEdit(): void }) {
  const { recharge } = strings;
  const facts = [
    recharge.tokens(formatTokens(one.tokens)),
    ...(one.planDays === null ? [] : [recharge.plan(one.planDays)]),
  ];
  return (
    <li className={one.retiredAt ? 'entry entry-past' : 'entry'}>
      <div className="entry-text">
        <p>
          <strong>{one.title}</strong>
          {one.retiredAt && <span className="tag">{words.retired}</span>}
        </p>
        <p className="fine-print">{facts.join(' · ')}</p>
      </div>
      <span className="amount">{formatFen(one.amountFen)}</span>
      <RowButton text={words.edit} label={words.editOf(one.title)} onClick={onEdit} />
    </li>
  );
}
