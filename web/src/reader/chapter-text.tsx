import { useEffect, useRef, useState } from 'react';
import type { Note, Passage } from '../api/types.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';

const words = strings.reader;

interface ChapterTextProps {
  passages: Passage[];
  /** The passage that was cited: marked, and brought into view. */
  highlightedId: string | null;
}

export function ChapterText({ passages, highlightedId }: ChapterTextProps) {
  const [translated, setTranslated] = useState(true);
  const hasTranslation = passages.some((passage) => passage.translation);
  return (
    <>
      {hasTranslation && (
        <label className="switch">
          <input
            type="checkbox"
            checked={translated}
            onChange={(event) => setTranslated(event.target.checked)}
          />
          {words.translation}
        </label>
      )}
      <ol className="passages">
        {passages.map((passage) => (
          <PassageView
            key={passage.id}
            passage={passage}
            highlighted={passage.id === highlightedId}
            translated={translated}
          />
        ))}
      </ol>
    </>
  );
}

interface PassageViewProps {
  passage: Passage;
  highlighted: boolean;
  translated: boolean;
}

function PassageView({ passage, highlighted, translated }: PassageViewProps) {
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
      <p className="classical passage-text">{convert(passage.text)}</p>
      {translated && passage.translation && (
        <p className="passage-translation">{convert(passage.translation)}</p>
      )}
      {passage.gist && (
        <p className="passage-gist">
          <span>{words.gist}</span>
          {convert(passage.gist)}
        </p>
      )}
      {passage.notes.length > 0 && <Notes notes={passage.notes} open={highlighted} />}
    </li>
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
