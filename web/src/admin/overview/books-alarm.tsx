import { useAction } from '../../form/use-action.ts';
import { ErrorBox } from '../../layout/error-box.tsx';
import { RowButton } from '../../profile/profile-section.tsx';
import { useServices } from '../../state/services.tsx';
import type { PagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import type { Reconciliation } from '../billing-types.ts';
import { kindOf } from './books-words.ts';

const words = strings.books;

/** Taking note of one takes note of those of its kind before it, so the newest stands for them. */
function newestOfEachKind(alarms: readonly Reconciliation[]): Reconciliation[] {
  return alarms.filter(
    ({ kind }, index) => alarms.findIndex((other) => other.kind === kind) === index,
  );
}

interface BooksAlarmProps {
  list: PagedList<Reconciliation>;
  onAcknowledged(): void;
}

/** Where books differ that nobody has looked at: before everything else, until somebody has. */
export function BooksAlarm({ list, onAcknowledged }: BooksAlarmProps) {
  const { client } = useServices();
  const { busy, run } = useAction();
  if (list.phase === 'failed') return <ErrorBox error={list.error} onRetry={list.retry} />;
  if (list.items.length === 0) return null;
  const acknowledge = ({ id }: Reconciliation) =>
    run(async () => {
      await client.call(`/api/admin/reconciliations/${id}/acknowledge`, { method: 'POST' });
      onAcknowledged();
    });
  return (
    <section className="books-alarm" role="alert" aria-label={words.alarm}>
      <h2>{words.alarm}</h2>
      <ul>
        {newestOfEachKind(list.items).map((item) => {
          const what = words.alarmOf(item.day, kindOf(item.kind));
          return (
            <li key={item.id}>
              <a href="#books">{what}</a>
              <RowButton
                text={words.acknowledge}
                label={words.acknowledgeOf(what)}
                busy={busy}
                onClick={() => void acknowledge(item)}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
