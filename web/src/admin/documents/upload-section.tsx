import { type DragEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Icon } from '../../layout/icon.tsx';
import { useObservable } from '../../state/observable.ts';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import { UploadRow } from './upload-row.tsx';

const words = strings.documents.upload;
const KINDS = '.txt,.md,.json,.csv,.docx,.epub,.zip';

/** The way in: files dropped or chosen, sent one after the other. */
export function UploadSection() {
  const { uploads } = useServices();
  const list = useObservable(uploads.state);
  const [preview, setPreview] = useState(true);
  useOpeningOfOne();
  return (
    <section className="upload" aria-label={words.title}>
      <DropZone onFiles={(files) => uploads.add(files, preview)} />
      <label className="check-field">
        <input
          type="checkbox"
          checked={preview}
          onChange={(event) => setPreview(event.target.checked)}
        />
        <span>
          {words.preview}
          <span className="fine-print">{words.previewHint}</span>
        </span>
      </label>
      {list.length > 0 && (
        <ul className="entries" aria-label={words.list}>
          {list.map((upload) => (
            <UploadRow key={upload.key} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Who uploads one file to look at it is taken there. */
function useOpeningOfOne(): void {
  const { uploads } = useServices();
  const list = useObservable(uploads.state);
  const [, navigate] = useLocation();
  const sawIt = useRef<string | null>(null);
  const [only] = list.length === 1 ? list : [];
  useEffect(() => {
    if (!only) return;
    const { key, phase, documentId } = only;
    if (phase === 'sending' || phase === 'reading') sawIt.current = key;
    if (phase !== 'ready' || documentId === null || sawIt.current !== key) return;
    uploads.dismiss(key);
    navigate(`/admin/documents/${documentId}`);
  }, [only, uploads, navigate]);
}

function DropZone({ onFiles }: { onFiles(files: File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  function take(list: FileList | null): void {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(files);
  }
  const drag = {
    onDragOver(event: DragEvent) {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer.files);
    },
  };
  return (
    <div className={over ? 'drop-zone drop-zone-over' : 'drop-zone'} {...drag}>
      <Icon name="book" />
      <p className="drop-lead">
        <span className="drop-words">
          {over ? words.dropNow : words.drop}
          {!over && <span className="fine-print"> {words.or} </span>}
        </span>
        <button
          type="button"
          className="button button-primary"
          onClick={() => input.current?.click()}
        >
          {words.choose}
        </button>
      </p>
      <p className="fine-print">{words.kinds}</p>
      <p className="fine-print">{words.parallel}</p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={KINDS}
        aria-label={words.choose}
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen once more.
          event.target.value = '';
        }}
      />
    </div>
  );
}
