import { useState } from 'react';
import { Link } from 'wouter';
import { beijingTime } from '../../billing/beijing-time.ts';
import { Choice } from '../../form/choice.tsx';
import { Paged } from '../../layout/paged.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import type { PaymentNotice } from '../billing-types.ts';
import { needsALook, noticePairs, outcomeName } from './order-words.ts';

const words = strings.adminOrders.notices;
const OUTCOMES = { '': strings.admin.all, ...words.outcomes };

/** What the provider told, for whoever looks for somebody's money. */
export function NoticesSection() {
  const [outcome, setOutcome] = useState('');
  const filter = outcome === '' ? '' : `&outcome=${outcome}`;
  const list = usePagedList<PaymentNotice>(`/api/admin/payment-notices?limit=10${filter}`);
  return (
    <section className="overview-section" aria-labelledby="payment-notices">
      <header>
        <div>
          <h2 id="payment-notices">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
        <Choice label={words.outcome} options={OUTCOMES} value={outcome} onChoose={setOutcome} />
      </header>
      <Paged list={list} empty={words.empty}>
        {(notices) => (
          <ol className="entries">
            {notices.map((notice) => (
              <NoticeItem key={notice.id} notice={notice} />
            ))}
          </ol>
        )}
      </Paged>
    </section>
  );
}

function NoticeItem({ notice }: { notice: PaymentNotice }) {
  const { outcome, tradeNo, detail, createdAt } = notice;
  return (
    <li className="entry audit-entry">
      <div className="entry-text">
        <p>
          <span className={needsALook(notice) ? 'tag tag-bad' : 'tag'}>{outcomeName(outcome)}</span>
          {tradeNo === null ? (
            <span className="fine-print">{words.noOrder}</span>
          ) : (
            <Link
              href={`/admin/orders?q=${encodeURIComponent(tradeNo)}`}
              className="fine-print trade-no"
              aria-label={words.orderOf(tradeNo)}
            >
              {tradeNo}
            </Link>
          )}
        </p>
        <details>
          <summary className="fine-print">{words.detail}</summary>
          <dl className="audit-detail">
            {noticePairs(detail).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
      <time className="fine-print" dateTime={createdAt}>
        {beijingTime(createdAt)}
      </time>
    </li>
  );
}
