import { formatTokens } from '../../billing/amounts.ts';
import { beijingDay, beijingTime } from '../../billing/beijing-time.ts';
import { QuotaBar } from '../../billing/quota-bar.tsx';
import { RowButton } from '../../profile/profile-section.tsx';
import { strings } from '../../strings.ts';
import type { RedeemBatch } from '../billing-types.ts';
import { batchState, lastMoment } from './batch-state.ts';

const words = strings.redeemBatches;

export function BatchItem({ batch, onRevoke }: { batch: RedeemBatch; onRevoke(): void }) {
  const state = batchState(batch, new Date());
  const name = batch.note || words.unnamed;
  const validity =
    batch.expiresAt === null ? words.forever : words.until(beijingDay(lastMoment(batch.expiresAt)));
  return (
    <li className={state === 'valid' ? 'entry batch' : 'entry batch entry-past'}>
      <div className="entry-text">
        <p>
          <strong>{name}</strong>
          {state === 'revoked' && <span className="tag tag-bad">{words.revoked}</span>}
          {state === 'expired' && <span className="tag">{words.expired}</span>}
        </p>
        <p className="fine-print">
          {[
            words.each(formatTokens(batch.tokens)),
            validity,
            words.issued(beijingTime(batch.createdAt)),
          ].join(' · ')}
        </p>
        <QuotaBar label={words.used} amount={{ used: batch.redeemed, limit: batch.count }} plain />
      </div>
      {state === 'valid' && batch.redeemed < batch.count && (
        <RowButton text={words.revoke} label={words.revokeOf(name)} onClick={onRevoke} />
      )}
    </li>
  );
}
