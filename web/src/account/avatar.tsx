import { useState } from 'react';
import type { User } from '../api/types.ts';
import { nameOf } from './account-name.ts';
import { initialOf, shownImage } from './avatar-source.ts';

/** The picture, or the first character of the name cut into a seal. Says nothing: the name does. */
export function Avatar({ user, size }: { user: User; size: 'small' | 'medium' | 'large' }) {
  const source = shownImage(user.avatarUrl);
  const [broken, setBroken] = useState<string | null>(null);
  if (source !== null && source !== broken) {
    return (
      <img
        className={`avatar avatar-${size}`}
        src={source}
        alt=""
        onError={() => setBroken(source)}
      />
    );
  }
  return (
    <span className={`avatar avatar-${size} avatar-seal`} aria-hidden="true">
      {initialOf(nameOf(user))}
    </span>
  );
}
