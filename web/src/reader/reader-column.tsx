import { useEffect, useId, useRef } from 'react';
import { Icon } from '../layout/icon.tsx';
import { Modal } from '../layout/modal.tsx';
import { useMediaQuery, WIDE } from '../state/use-media-query.ts';
import { strings } from '../strings.ts';
import { PassageReader } from './passage-reader.tsx';
import { useReader } from './use-reader.ts';

/** The opened source: a column beside the text where there is room, else a sheet over it. */
export function ReaderColumn() {
  const { passageId, close } = useReader();
  const wide = useMediaQuery(WIDE);
  if (passageId === null) return null;
  if (!wide) {
    return (
      <Modal title={strings.reader.opening} kind="sheet" onClose={close}>
        <PassageReader key={passageId} passageId={passageId} />
      </Modal>
    );
  }
  return <SideReader passageId={passageId} onClose={close} />;
}

function SideReader({ passageId, onClose }: { passageId: string; onClose(): void }) {
  const panel = useRef<HTMLElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A modal dialog above takes its own Esc.
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <section
      ref={panel}
      className="reader-column"
      role="dialog"
      aria-labelledby={titleId}
      tabIndex={-1}
    >
      <header className="modal-header">
        <h2 id={titleId}>{strings.reader.opening}</h2>
        <button type="button" className="icon-button" aria-label={strings.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <PassageReader key={passageId} passageId={passageId} />
    </section>
  );
}
