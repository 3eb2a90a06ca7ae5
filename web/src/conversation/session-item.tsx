import { useState } from 'react';
import { Link } from 'wouter';
import type { ListedSession } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { MenuItem } from '../layout/menu-item.tsx';
import { Popover } from '../layout/popover.tsx';
import { saveFile } from '../profile/save-file.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { ModeMark } from './mode-picker.tsx';
import { RemoveDialog, RenameDialog } from './session-dialogs.tsx';
import { titleOf } from './session-title.ts';

const words = strings.sessions;
const FORBIDDEN_IN_NAMES = /[\\/:*?"<>|]/g;

interface SessionItemProps {
  session: ListedSession;
  current: boolean;
  /** What was searched for, to be made out in the excerpt. */
  sought: string;
  onChosen: (() => void) | undefined;
}

export function SessionItem({ session, current, sought, onChosen }: SessionItemProps) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null);
  const title = titleOf(session);
  const close = () => setDialog(null);
  return (
    <li className="session-item">
      <Link
        href={`/s/${session.id}`}
        aria-current={current ? 'page' : undefined}
        onClick={() => onChosen?.()}
      >
        <span className="session-title">
          <ModeMark mode={session.mode} />
          <span>{title}</span>
        </span>
        {session.match && <Excerpt text={session.match} sought={sought} />}
      </Link>
      <Popover label={words.more(title)} className="icon-button" trigger={<Icon name="more" />}>
        {(closeMenu) => (
          <SessionMenu session={session} title={title} onClose={closeMenu} onDialog={setDialog} />
        )}
      </Popover>
      {dialog === 'rename' && <RenameDialog session={session} onClose={close} />}
      {dialog === 'remove' && <RemoveDialog session={session} current={current} onClose={close} />}
    </li>
  );
}

function Excerpt({ text, sought }: { text: string; sought: string }) {
  const at = text.indexOf(sought);
  if (sought === '' || at === -1) return <span className="session-match">{text}</span>;
  return (
    <span className="session-match">
      {text.slice(0, at)}
      <mark>{sought}</mark>
      {text.slice(at + sought.length)}
    </span>
  );
}

interface SessionMenuProps {
  session: ListedSession;
  title: string;
  onClose(): void;
  onDialog(dialog: 'rename' | 'remove'): void;
}

function SessionMenu({ session, title, onClose, onDialog }: SessionMenuProps) {
  const { client, sessions } = useServices();
  const { run, announce } = useAction();
  const { id, archived } = session;
  const archive = async () => {
    await sessions.archive(id, !archived);
    announce(archived ? words.unarchivedDone : words.archivedDone);
  };
  const save = async () => {
    const reply = await client.open(`/api/sessions/${id}/export`, { accept: 'text/markdown' });
    const name = words.exportedAs(title.replace(FORBIDDEN_IN_NAMES, ' '));
    saveFile(name, await reply.text(), 'text/markdown');
  };
  const choose = (work: () => void) => () => {
    onClose();
    work();
  };
  return (
    <span className="menu">
      <MenuItem name={words.rename} icon="pencil" onChoose={choose(() => onDialog('rename'))} />
      <MenuItem
        name={archived ? words.unarchive : words.archive}
        icon="box"
        onChoose={choose(() => void run(archive))}
      />
      <MenuItem name={words.export} icon="download" onChoose={choose(() => void run(save))} />
      <MenuItem name={words.remove} icon="trash" onChoose={choose(() => onDialog('remove'))} />
    </span>
  );
}
