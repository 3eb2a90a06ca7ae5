import { useState } from 'react';
import { ConfirmDialog } from '../../form/confirm-dialog.tsx';
import { Icon } from '../../layout/icon.tsx';
import { useAnnounce } from '../../layout/notices.tsx';
import { Paged } from '../../layout/paged.tsx';
import { useServices } from '../../state/services.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { RedeemBatch } from '../billing-types.ts';
import { BatchDialog } from './batch-dialog.tsx';
import { BatchItem } from './batch-item.tsx';

const words = strings.redeemBatches;

export function RedeemCodesPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <Batches />
    </AdminPage>
  );
}

function Batches() {
  const list = usePagedList<RedeemBatch>('/api/admin/redeem-batches?limit=20');
  const [making, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<RedeemBatch | null>(null);
  return (
    <>
      <p className="admin-actions">
        <button type="button" className="button" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          {words.add}
        </button>
      </p>
      <Paged list={list} empty={words.empty}>
        {(batches) => (
          <ul className="entries">
            {batches.map((batch) => (
              <BatchItem key={batch.id} batch={batch} onRevoke={() => setRevoked(batch)} />
            ))}
          </ul>
        )}
      </Paged>
      {making && <BatchDialog onMade={list.reload} onClose={() => setMaking(false)} />}
      {revoked && (
        <RevokeDialog
          batch={revoked}
          onRevoked={(batch) => list.replace(({ id }) => id === batch.id, batch)}
          onClose={() => setRevoked(null)}
        />
      )}
    </>
  );
}

interface RevokeDialogProps {
  batch: RedeemBatch;
  onRevoked(batch: RedeemBatch): void;
  onClose(): void;
}

function RevokeDialog({ batch, onRevoked, onClose }: RevokeDialogProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  return (
    <ConfirmDialog
      title={words.revokeOf(batch.note || words.unnamed)}
      submit={words.revoke}
      onConfirm={async () => {
        const path = `/api/admin/redeem-batches/${batch.id}/revoke`;
        onRevoked(await client.call<RedeemBatch>(path, { method: 'POST', body: {} }));
        announce(words.revokedDone);
      }}
      onClose={onClose}
    >
      <p className="form-lead">{words.revokeAsk(batch.count - batch.redeemed)}</p>
    </ConfirmDialog>
  );
}
