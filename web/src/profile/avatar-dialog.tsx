import { type ChangeEvent, useEffect, useId, useRef, useState } from 'react';
import type { User } from '../api/types.ts';
import { fieldFault } from '../form/field-fault.ts';
import { FormError } from '../form/form-error.tsx';
import { useAction } from '../form/use-action.ts';
import { Modal } from '../layout/modal.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { toAvatar } from './avatar-image.ts';
import { type Crop, centred } from './crop.ts';
import { CropFrame } from './crop-frame.tsx';

const words = strings.avatar;
const MOST_BYTES = 20 * 1024 * 1024;

async function readPicture(file: File): Promise<ImageBitmap> {
  if (file.size > MOST_BYTES) throw fieldFault('file', words.tooLarge);
  try {
    return await createImageBitmap(file);
  } catch {
    throw fieldFault('file', words.unreadable);
  }
}

interface AvatarDialogProps {
  /** There is an avatar that could be taken away. */
  has: boolean;
  onClose(): void;
}

/** Choose a picture, cut a square out of it, send that. The picture itself never leaves the device. */
export function AvatarDialog({ has, onClose }: AvatarDialogProps) {
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [crop, setCrop] = useState<Crop>({ x: 0, y: 0, zoom: 1 });
  const [error, setError] = useState<unknown>(null);
  const { busy, run } = useAction(setError);
  const { upload, remove } = useAvatarCalls(onClose);
  useEffect(() => () => picture?.close(), [picture]);
  function choose(file: File): void {
    setError(null);
    void run(async () => {
      const chosen = await readPicture(file);
      setCrop(centred(chosen));
      setPicture(chosen);
    });
  }
  return (
    <Modal title={words.change} kind="card" onClose={onClose}>
      <div className="dialog-form avatar-dialog">
        {picture && <CropFrame picture={picture} crop={crop} onCrop={setCrop} />}
        <FormError error={error} fields={[]} />
        <FileButton text={picture ? words.chooseOther : words.choose} onChosen={choose} />
        {picture && (
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void run(() => upload(picture, crop))}
          >
            {words.save}
          </button>
        )}
        {has && !picture && (
          <button
            type="button"
            className="text-button"
            disabled={busy}
            onClick={() => void run(remove)}
          >
            {words.remove}
          </button>
        )}
      </div>
    </Modal>
  );
}

function useAvatarCalls(onDone: () => void) {
  const { client, account } = useServices();
  const { announce } = useAction();
  async function refreshed(reply: User | undefined): Promise<void> {
    account.meet(reply?.id ? reply : await client.call<User>('/api/user/profile'));
  }
  return {
    async upload(picture: ImageBitmap, crop: Crop) {
      const body = await toAvatar(picture, crop);
      await refreshed(await client.call<User>('/api/user/avatar', { method: 'PUT', body }));
      announce(words.saved);
      onDone();
    },
    async remove() {
      await refreshed(await client.call<User>('/api/user/avatar', { method: 'DELETE' }));
      announce(words.removed);
      onDone();
    },
  };
}

function FileButton({ text, onChosen }: { text: string; onChosen(file: File): void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  function change(event: ChangeEvent<HTMLInputElement>): void {
    const [file] = event.target.files ?? [];
    if (file) onChosen(file);
    // So that the same file may be chosen again.
    event.target.value = '';
  }
  return (
    <span className="file-choice">
      <input
        id={id}
        ref={input}
        type="file"
        className="sr-only"
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        onChange={change}
      />
      <label htmlFor={id} className="button">
        {text}
      </label>
    </span>
  );
}
