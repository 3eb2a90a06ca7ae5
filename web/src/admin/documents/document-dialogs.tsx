import { ConfirmDialog } from '../../form/confirm-dialog.tsx';
import { useAnnounce } from '../../layout/notices.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { DocumentView, LibraryDocument } from './document-types.ts';
import { NamesDialog } from './names-dialog.tsx';

const words = strings.documents;

export type OpenDialog = 'edit' | 'reindex' | 'revert' | 'delete' | null;

interface DocumentDialogsProps {
  document: LibraryDocument;
  dialog: OpenDialog;
  onShown(view: DocumentView): void;
  onDeleted(): void;
  onClose(): void;
}

export function DocumentDialogs(props: DocumentDialogsProps) {
  const { document, dialog, onShown, onDeleted, onClose } = props;
  const { client } = useServices();
  const announce = useAnnounce();
  const path = `/api/admin/documents/${document.id}`;
  const post = (what: string, done: string) => async () => {
    onShown(await client.call(`${path}/${what}`, { method: 'POST', body: {} }));
    announce(done);
  };
  async function remove(): Promise<void> {
    await client.call(path, { method: 'DELETE' });
    announce(words.removed(document.title));
    onDeleted();
  }
  const asks = {
    reindex: [words.reindex, words.reindexAsk, post('reindex', words.reindexed)],
    revert: [words.revert, words.revertAsk, post('revert', words.reverted)],
    delete: [words.remove, words.removeAsk, remove],
  } as const;
  if (dialog === null) return null;
  if (dialog === 'edit') return <NamesDialog {...{ document, onShown, onClose }} />;
  const [submit, ask, onConfirm] = asks[dialog];
  const title = dialog === 'delete' ? words.removeTitle(document.title) : submit;
  return (
    <ConfirmDialog {...{ title, submit, onConfirm, onClose }}>
      <p className="form-lead">{ask}</p>
    </ConfirmDialog>
  );
}
