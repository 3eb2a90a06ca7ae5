import { useSearchParams } from 'wouter';
import { Choice } from '../../form/choice.tsx';
import { Paged } from '../../layout/paged.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { ReaderFeedback } from '../admin-types.ts';
import { listQuery, withChoice } from '../list-query.ts';
import { FeedbackItem } from './feedback-item.tsx';
import { ReadingReportsSection } from './reading-reports-section.tsx';

const words = strings.adminFeedback;
const ALL = { '': strings.admin.all };

export function AdminFeedbackPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <FeedbackList />
      <ReadingReportsSection />
    </AdminPage>
  );
}

function FeedbackList() {
  const [address, setAddress] = useSearchParams();
  const query = listQuery(address, ['rating', 'handled'], 30);
  const list = usePagedList<ReaderFeedback>(`/api/admin/feedback?${query}`);
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => setAddress(withChoice(address, name, value)),
  });
  return (
    <>
      <fieldset className="filter-choices filter-choices-two feedback-filters">
        <legend className="sr-only">{strings.admin.filter}</legend>
        <Choice label={words.rating} options={{ ...ALL, ...words.ratings }} {...choice('rating')} />
        <Choice
          label={words.handled}
          options={{ ...ALL, ...words.states }}
          {...choice('handled')}
        />
      </fieldset>
      <Paged list={list} empty={words.empty}>
        {(items) => (
          <ul className="entries">
            {items.map((item) => (
              <FeedbackItem
                key={item.message.id}
                item={item}
                onChanged={(changed) =>
                  list.replace(({ message }) => message.id === item.message.id, changed)
                }
              />
            ))}
          </ul>
        )}
      </Paged>
    </>
  );
}
