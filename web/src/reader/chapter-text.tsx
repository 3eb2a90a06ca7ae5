import { useEffect, useRef, useState } from 'react';
import type { Note, Passage } from '../api/types.ts';
import { useConvert } from '../script/use-convert.ts';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { PassageText } from './passage-text.tsx';
import type { ReaderSwitches } from './reader-switches.ts';
import { ReportDialog } from './report-dialog.tsx';
import { usePinyin } from './use-pinyin.ts';

const words = strings.reader;

interface ChapterTextProps {
  /** The chapter that they are of. */
  chapter: { workId: string; id: string };
  passages: Passage[];
  /** The passage that was cited: marked, and brought into view. */
  highlightedId: string | null;
}

export function ChapterText({ chapter, passages, highlightedId }: ChapterTextProps) {
  const switches = useServices().reading;
  const translated = useObservable(switches.translation.state) === 'shown';
  const read = useObservable(switches.pinyin.state) === 'shown';
  const pinyin = usePinyin(chapter, read);
  const hasTranslation = passages.some((passage) => passage.translation);
  const sources = passages.flatMap(({ readingSource }) => readingSource ?? []);
  const writtenWithAi = sources.filter((source) => source !== 'document');
  return (
    <>
      <fieldset className="reader-switches">
        <legend className="sr-only">{words.shown}</legend>
        <Switch label={words.pinyin} choice={switches.pinyin} />
        {hasTranslation && <Switch label={words.translation} choice={switches.translation} />}
      </fieldset>
      <ol className="passages">
        {passages.map((passage) => (
          <PassageView
            key={passage.id}
            passage={passage}
            highlighted={passage.id === highlightedId}
            translated={translated}
            pinyin={pinyin.get(passage.id)}
          />
        ))}
      </ol>
      {writtenWithAi.length > 0 && (
        <p className="fine-print reading-note">
          {writtenWithAi.length < sources.length ? words.partlyWithAi : words.writtenWithAi}
        </p>
      )}
    </>
  );
}

function Switch({ label, choice }: { label: string; choice: ReaderSwitches['pinyin'] }) {
  const shown = useObservable(choice.state);
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={shown === 'shown'}
        onChange={(event) => choice.choose(event.target.checked ? 'shown' : 'hidden')}
      />
      {label}
    </label>
  );
}

interface PassageViewProps {
  passage: Passage;
  highlighted: boolean;
  translated: boolean;
  pinyin: (string | null)[] | undefined;
}

function PassageView({ passage, highlighted, translated, pinyin }: PassageViewProps) {
  const convert = useConvert();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (highlighted) item.current?.scrollIntoView({ block: 'center' });
  }, [highlighted]);
  return (
    <li
      ref={item}
      className="passage"
      value={passage.n}
      aria-current={highlighted ? 'true' : undefined}
    >
      {highlighted && <span className="sr-only">{words.cited}</span>}
      <PassageText text={passage.text} pinyin={pinyin} />
      {translated && passage.translation && (
        <p className="passage-translation">{convert(passage.translation)}</p>
      )}
      {passage.gist && (
        <p className="passage-gist">
          <span>{words.gist}</span>
          {convert(passage.gist)}
        </p>
      )}
      {passage.doubt && (
        <p className="passage-gist">
          <span>{words.doubt}</span>
          {convert(passage.doubt)}
        </p>
      )}
      {passage.notes.length > 0 && <Notes notes={passage.notes} open={highlighted} />}
      {passage.readingSource !== null && <Report passage={passage} />}
    </li>
  );
}

function Report({ passage }: { passage: Passage }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="text-button report-button"
        aria-label={words.report.openOf(passage.text.slice(0, 8))}
        onClick={() => setOpen(true)}
      >
        {words.report.open}
      </button>
      {open && <ReportDialog passage={passage} onClose={() => setOpen(false)} />}
    </>
  );
}

function Notes({ notes, open }: { notes: Note[]; open: boolean }) {
  const convert = useConvert();
  return (
    <details className="passage-notes" open={open}>
      <summary>{words.notes}</summary>
      <dl>
        {notes.map((note) => (
          <div key={`${note.term}${note.meaning}`}>
            <dt>
              {convert(note.term)}
              {note.reading && <span>{note.reading}</span>}
            </dt>
            <dd>{convert(note.meaning)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
