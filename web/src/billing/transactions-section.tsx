import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Transaction } from '../api/billing-types.ts';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { Paged } from '../layout/paged.tsx';
import { ProfileSection } from '../profile/profile-section.tsx';
import { saveFile } from '../profile/save-file.ts';
import { useServices } from '../state/services.tsx';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { daysOf, filterQuery } from './period.ts';
import { TransactionFilters } from './transaction-filters.tsx';
import { TransactionItem } from './transaction-item.tsx';

const words = strings.transactions;

export function TransactionsSection() {
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => filterQuery(address, new Date()).toString(), [address]);
  const list = usePagedList<Transaction>(
    `/api/billing/transactions?limit=20${filter && `&${filter}`}`,
  );
  return (
    <ProfileSection title={words.title} lead={words.lead}>
      <TransactionFilters
        address={address}
        onChange={(next) => setAddress(next, { replace: true })}
      >
        <DownloadButton filter={filter} />
      </TransactionFilters>
      <Paged list={list} empty={filter === '' ? words.empty : words.emptyFiltered}>
        {(transactions) => (
          <ol className="entries transactions">
            {transactions.map((transaction) => (
              <TransactionItem key={transaction.id} transaction={transaction} />
            ))}
          </ol>
        )}
      </Paged>
    </ProfileSection>
  );
}

/** The same as is shown, all of it. */
function DownloadButton({ filter }: { filter: string }) {
  const { client } = useServices();
  const { busy, run } = useAction();
  const download = () =>
    run(async () => {
      const path = `/api/billing/transactions/export${filter && `?${filter}`}`;
      const response = await client.open(path, { accept: 'text/csv' });
      // As bytes: reading it as text would take the byte order mark off, which Excel needs.
      const table = await response.blob();
      const today = daysOf('today', new Date()).to;
      saveFile(words.fileName(today), table, 'text/csv;charset=utf-8');
    });
  return (
    <button
      type="button"
      className="button button-small"
      disabled={busy}
      onClick={() => void download()}
    >
      <Icon name="download" />
      {busy ? words.downloading : words.download}
    </button>
  );
}
