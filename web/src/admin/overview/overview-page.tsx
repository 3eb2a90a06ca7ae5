import { Link } from 'wouter';
import { formatFen, formatShort, formatTokens } from '../../billing/amounts.ts';
import { Loaded } from '../../layout/loaded.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { Reconciliation, SiteStats } from '../billing-types.ts';
import { BooksAlarm } from './books-alarm.tsx';
import { BooksSection } from './books-section.tsx';
import { UsageSection } from './usage-section.tsx';

const words = strings.overview;

export function OverviewPage() {
  return (
    <AdminPage title={words.title}>
      <Overview />
    </AdminPage>
  );
}

function Overview() {
  const alarms = usePagedList<Reconciliation>('/api/admin/reconciliations?limit=100&alarms=true');
  const books = usePagedList<Reconciliation>('/api/admin/reconciliations?limit=9');
  return (
    <>
      <BooksAlarm
        list={alarms}
        onAcknowledged={() => {
          alarms.reload();
          books.reload();
        }}
      />
      <Stats />
      <UsageSection />
      <BooksSection list={books} />
    </>
  );
}

function Stats() {
  const [resource, reload] = useResource<SiteStats>('/api/admin/stats');
  return (
    <Loaded resource={resource} onRetry={reload}>
      {(stats) => (
        <>
          <dl className="stats">
            {tilesOf(stats).map(([name, value, aside]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="stat-value">{value}</dd>
                <dd className="fine-print">{aside}</dd>
              </div>
            ))}
          </dl>
          {stats.jobs.failed > 0 && (
            <p className="form-notice" role="status">
              {words.failedJobs(formatTokens(stats.jobs.failed))}{' '}
              <Link href="/admin/jobs?status=failed&recurring=1" className="text-link">
                {words.lookAtJobs}
              </Link>
            </p>
          )}
        </>
      )}
    </Loaded>
  );
}

function tilesOf(stats: SiteStats): [string, string, string][] {
  const { users, active, questions, balanceTokens } = stats;
  return [
    [words.revenue, formatFen(stats.revenueFen), words.revenueAside],
    [
      words.questions,
      formatTokens(questions.today),
      words.questionsAside(formatTokens(questions.total)),
    ],
    [words.active, formatTokens(active.today), words.activeAside(formatTokens(active.sevenDays))],
    [
      words.users,
      formatTokens(users.learners + users.admins),
      words.usersAside(formatTokens(users.guests)),
    ],
    [
      words.sold,
      formatShort(balanceTokens.sold),
      words.soldAside(formatShort(balanceTokens.granted)),
    ],
    [
      words.used,
      formatShort(balanceTokens.used),
      words.usedAside(formatTokens(stats.runningAnswers)),
    ],
  ];
}
