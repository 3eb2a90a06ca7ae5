import { Link, useSearchParams } from 'wouter';
import { beijingTime } from '../billing/beijing-time.ts';
import { Choice } from '../form/choice.tsx';
import { Paged } from '../layout/paged.tsx';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { AdminPage } from './admin-page.tsx';
import type { AuditEntry } from './admin-types.ts';
import { actionName, detailPairs, targetName } from './audit-words.ts';
import { listQuery, withChoice } from './list-query.ts';

const words = strings.auditLog;
const FILTERS = ['action', 'actorId', 'targetId'];

export function AuditLogPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <AuditLog />
    </AdminPage>
  );
}

function AuditLog() {
  const [address, setAddress] = useSearchParams();
  const list = usePagedList<AuditEntry>(`/api/admin/audit-log?${listQuery(address, FILTERS, 30)}`);
  const action = address.get('action') ?? '';
  const known = { '': strings.admin.all, ...words.actions };
  return (
    <>
      <div className="filters">
        <div className="filter-choices">
          <Choice
            label={words.action}
            value={action}
            options={action in known ? known : { ...known, [action]: action }}
            onChoose={(value) => setAddress(withChoice(address, 'action', value))}
          />
        </div>
        <Narrowed address={address} />
      </div>
      <Paged list={list} empty={words.empty}>
        {(entries) => (
          <ol className="entries">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </Paged>
    </>
  );
}

function Narrowed({ address }: { address: URLSearchParams }) {
  const [target, actor] = [address.get('targetId'), address.get('actorId')];
  if (!target && !actor) return null;
  return (
    <p className="narrowed fine-print">
      {target ? words.ofTarget(target) : words.ofActor(actor ?? '')}{' '}
      <Link href="/admin/audit-log" className="text-link">
        {words.showAll}
      </Link>
    </p>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const details = detailPairs(entry.detail);
  const by = words.by(entry.actorName ?? words.system);
  return (
    <li className="entry audit-entry">
      <div className="entry-text">
        <p>
          <strong>{actionName(entry.action)}</strong>
          <span className="entry-aside">{by}</span>
        </p>
        <p className="fine-print entry-line">
          <Link
            href={`/admin/audit-log?targetId=${encodeURIComponent(entry.targetId)}`}
            title={entry.targetId}
          >
            {targetName(entry)}
          </Link>
          {entry.address && ` · ${words.from(entry.address)}`}
        </p>
        {details.length > 0 && (
          <details>
            <summary className="fine-print">{words.detail}</summary>
            <dl className="audit-detail">
              {details.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <time className="fine-print" dateTime={entry.at}>
        {beijingTime(entry.at)}
      </time>
    </li>
  );
}
