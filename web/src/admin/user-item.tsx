import { nameOf } from '../account/account-name.ts';
import { Avatar } from '../account/avatar.tsx';
import { beijingDay, beijingTime } from '../billing/beijing-time.ts';
import { ago } from '../profile/when.ts';
import { strings } from '../strings.ts';
import type { ManagedUser } from './admin-types.ts';

const words = strings.users;

export function UserItem({ user, onManage }: { user: ManagedUser; onManage(): void }) {
  const name = nameOf(user);
  return (
    <li className="entry">
      <Avatar user={user} size="medium" />
      <div className="entry-text">
        <p>
          <strong>{name}</strong>
          <UserTags user={user} />
        </p>
        <p className="fine-print entry-line">
          {user.email ?? words.noEmail}
          {user.email !== null && !user.emailVerified && `（${strings.email.unverified}）`}
        </p>
        <p
          className="fine-print"
          title={user.lastLoginAt ? beijingTime(user.lastLoginAt) : undefined}
        >
          {words.joined(beijingDay(user.createdAt))} ·{' '}
          {user.lastLoginAt ? words.lastLogin(ago(user.lastLoginAt, new Date())) : words.never}
        </p>
      </div>
      <button
        type="button"
        className="button button-small"
        aria-label={words.manageOf(name)}
        onClick={onManage}
      >
        {words.manage}
      </button>
    </li>
  );
}

/** Only what is out of the ordinary. */
function UserTags({ user }: { user: ManagedUser }) {
  return (
    <>
      {user.role !== 'learner' && (
        <span className={user.role === 'admin' ? 'tag tag-seal' : 'tag'}>
          {words.roles[user.role]}
        </span>
      )}
      {user.plan === 'vip' && <span className="tag tag-good">{words.plans.vip}</span>}
      {user.disabled && <span className="tag tag-bad">{words.disabled}</span>}
      {user.closesAt && (
        <span className="tag tag-bad">{words.closing(beijingDay(user.closesAt))}</span>
      )}
    </>
  );
}
