import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { Session } from '../api/types.ts';
import { describeError } from '../layout/describe-error.ts';
import { Modal } from '../layout/modal.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { titleOf } from './session-title.ts';

const words = strings.sessions;

/** Runs an action once at a time; its failure is told, its success too. */
function useAction(done: string, onDone: () => void) {
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  async function run(action: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await action();
      announce(done);
      onDone();
    } catch (error) {
      announce(describeError(error).text);
      setBusy(false);
    }
  }
  return { busy, run };
}

export function RenameDialog({ session, onClose }: { session: Session; onClose(): void }) {
  const { sessions } = useServices();
  const [title, setTitle] = useState(titleOf(session));
  const { busy, run } = useAction(words.renamed, onClose);
  function submit(event: FormEvent): void {
    event.preventDefault();
    void run(() => sessions.rename(session.id, title.trim()));
  }
  return (
    <Modal title={words.rename} kind="card" onClose={onClose}>
      <form className="dialog-form" onSubmit={submit}>
        <label className="field">
          {words.renameField}
          <input value={title} maxLength={100} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.cancel}
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={busy || title.trim() === ''}
          >
            {words.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface RemoveDialogProps {
  session: Session;
  current: boolean;
  onClose(): void;
}

export function RemoveDialog({ session, current, onClose }: RemoveDialogProps) {
  const { sessions } = useServices();
  const [, navigate] = useLocation();
  const { busy, run } = useAction(words.removed, () => {
    onClose();
    if (current) navigate('/');
  });
  return (
    <Modal title={words.remove} kind="card" onClose={onClose}>
      <div className="dialog-form">
        <p>{words.removeAsk(titleOf(session))}</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.cancel}
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void run(() => sessions.remove(session.id))}
          >
            {words.remove}
          </button>
        </div>
      </div>
    </Modal>
  );
}
