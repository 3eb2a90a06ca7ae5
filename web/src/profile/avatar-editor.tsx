import { useState } from 'react';
import { nameOf } from '../account/account-name.ts';
import { Avatar } from '../account/avatar.tsx';
import type { User } from '../api/types.ts';
import { Icon } from '../layout/icon.tsx';
import { strings } from '../strings.ts';
import { AvatarDialog } from './avatar-dialog.tsx';

const words = strings.avatar;

/** The avatar as a button that opens the choice of another one. */
export function AvatarEditor({ user }: { user: User }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="avatar-button"
        aria-label={`${words.change}（${words.of(nameOf(user))}）`}
        onClick={() => setOpen(true)}
      >
        <Avatar user={user} size="large" />
        <span className="avatar-badge">
          <Icon name="camera" />
        </span>
      </button>
      {open && <AvatarDialog has={user.avatarUrl !== null} onClose={() => setOpen(false)} />}
    </>
  );
}
