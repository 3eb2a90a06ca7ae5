import { type ReactNode, useEffect, useId, useRef } from 'react';
import { strings } from '../strings.ts';
import { Icon } from './icon.tsx';

interface ModalProps {
  title: string;
  /** Decides place and size; see style/dialog.css. */
  kind: 'card' | 'drawer' | 'sheet';
  onClose(): void;
  children: ReactNode;
}

/**
 * A modal dialog. The browser keeps the focus inside, hides the rest from screen readers and gives
 * the focus back when it closes.
 */
export function Modal({ title, kind, onClose, children }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // Not where that would open a keyboard over half of the dialog.
    if (window.matchMedia('(pointer: fine)').matches) {
      dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press beside the dialog closes it; keys have Esc.
    <dialog
      ref={ref}
      className={`modal modal-${kind}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="modal-body">
        <header className="modal-header">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={strings.close}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
