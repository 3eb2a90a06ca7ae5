import { Paged } from '../layout/paged.tsx';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { agentName } from './agent-name.ts';
import { methodName, resultName } from './login-words.ts';
import { ProfileSection } from './profile-section.tsx';
import { ago, momentOf } from './when.ts';

const words = strings.loginLog;

interface LoginAttempt {
  id: string;
  at: string;
  method: string;
  address: string;
  agent: string;
  result: string;
}

export function LoginLogSection() {
  const list = usePagedList<LoginAttempt>('/api/user/login-logs?limit=10');
  return (
    <ProfileSection title={words.title} lead={words.lead}>
      <Paged list={list} empty={words.empty}>
        {(attempts) => (
          <ol className="entries">
            {attempts.map((attempt) => (
              <Attempt key={attempt.id} attempt={attempt} />
            ))}
          </ol>
        )}
      </Paged>
    </ProfileSection>
  );
}

function Attempt({ attempt }: { attempt: LoginAttempt }) {
  const good = attempt.result === 'success';
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          {methodName(attempt.method)}
          <span className={good ? 'tag tag-good' : 'tag tag-bad'}>
            {resultName(attempt.result)}
          </span>
        </p>
        <p className="fine-print">
          {[agentName(attempt.agent), attempt.address].filter(Boolean).join(' · ')}
        </p>
      </div>
      <time className="fine-print" dateTime={attempt.at} title={momentOf(attempt.at)}>
        {ago(attempt.at, new Date())}
      </time>
    </li>
  );
}
