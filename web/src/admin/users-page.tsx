import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { Paged } from '../layout/paged.tsx';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { AdminPage } from './admin-page.tsx';
import type { ManagedUser } from './admin-types.ts';
import { listQuery } from './list-query.ts';
import { UserDialog } from './user-dialog.tsx';
import { UserFilters } from './user-filters.tsx';
import { UserItem } from './user-item.tsx';

const words = strings.users;
const FILTERS = ['q', 'role', 'plan', 'disabled'];

export function UsersPage() {
  return (
    <AdminPage title={words.title}>
      <Users />
    </AdminPage>
  );
}

function Users() {
  const [address, setAddress] = useSearchParams();
  const list = usePagedList<ManagedUser>(`/api/admin/users?${listQuery(address, FILTERS, 30)}`);
  const [managed, setManaged] = useState<ManagedUser | null>(null);
  function changed(user: ManagedUser): void {
    setManaged((before) => before && user);
    list.replace(({ id }) => id === user.id, user);
  }
  return (
    <>
      <UserFilters key={address.get('q')} address={address} onChange={setAddress} />
      <Paged list={list} empty={words.empty}>
        {(users) => (
          <ul className="entries user-entries">
            {users.map((user) => (
              <UserItem key={user.id} user={user} onManage={() => setManaged(user)} />
            ))}
          </ul>
        )}
      </Paged>
      {managed && (
        <UserDialog user={managed} onChanged={changed} onClose={() => setManaged(null)} />
      )}
    </>
  );
}
