import { useId, useRef, useState } from 'react';
import { daysOf } from '../../billing/period.ts';
import { Modal } from '../../layout/modal.tsx';
import { saveFile } from '../../profile/save-file.ts';
import { strings } from '../../strings.ts';

const words = strings.redeemBatches;

/** The only time these codes are seen: closing it unsaved needs a second press. */
export function CodesDialog({ codes, onClose }: { codes: string[]; onClose(): void }) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState('');
  const [leaving, setLeaving] = useState(false);
  const text = codes.join('\n');
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(words.copied);
      setLeaving(true);
    } catch {
      // Forbidden, or a page served over plain HTTP: a person has to.
      box.current?.select();
      setSaid(words.notCopied);
    }
  }
  function download(): void {
    saveFile(words.fileName(daysOf('today', new Date()).to), `${text}\n`, 'text/plain');
    setLeaving(true);
  }
  function leave(): void {
    if (leaving) onClose();
    setLeaving(true);
    setSaid(words.unsaved);
  }
  return (
    <Modal title={words.codesTitle(codes.length)} kind="card" onClose={leave}>
      <div className="dialog-form">
        <p className="form-notice">{words.once}</p>
        <label htmlFor={id} className="sr-only">
          {words.codes}
        </label>
        <textarea
          id={id}
          ref={box}
          className="codes-box"
          readOnly
          rows={Math.min(10, codes.length + 1)}
          value={text}
        />
        <p className="fine-print" role="status">
          {said}
        </p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={() => void copy()}>
            {words.copy}
          </button>
          <button type="button" className="button" onClick={download}>
            {words.download}
          </button>
          <button type="button" className="button button-primary" onClick={onClose}>
            {words.close}
          </button>
        </div>
      </div>
    </Modal>
  );
}
