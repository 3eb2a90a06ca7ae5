import { useState } from 'react';
import { Icon } from '../../layout/icon.tsx';
import { strings } from '../../strings.ts';
import { formatCount } from '../jobs/job-words.ts';
import { ChapterPassages } from './chapter-passages.tsx';
import type { DocumentForm, FoundChapter } from './document-types.ts';
import type { Corrections, DraftChapter } from './use-corrections.ts';

const words = strings.documents.chapters;
const MOST_CHARACTERS = 100;

interface ChapterRowProps {
  documentId: string;
  chapter: FoundChapter;
  corrections: Corrections;
  /** Those that are joined to the one above already. */
  joined: number[];
  first: boolean;
}

export function ChapterRow({ documentId, chapter, corrections, joined, first }: ChapterRowProps) {
  const [open, setOpen] = useState(false);
  const draft = corrections.draftOf(chapter);
  const out = draft.skipped || draft.joinPrevious;
  return (
    <>
      {joined.length > 0 && <Joined ordinals={joined} corrections={corrections} />}
      <li className={rowClass(draft)}>
        <div className="chapter-line">
          <span className="chapter-ordinal" title={words.ordinal(chapter.ordinal)}>
            {chapter.ordinal}
          </span>
          <input
            className="chapter-title"
            aria-label={words.name(chapter.ordinal)}
            value={draft.title}
            maxLength={MOST_CHARACTERS}
            disabled={out}
            onChange={(event) => corrections.correct(chapter, { title: event.target.value })}
            onBlur={() => {
              if (draft.title.trim() === '') corrections.correct(chapter, { title: chapter.title });
            }}
          />
          <select
            className="chapter-form"
            aria-label={words.form(chapter.ordinal)}
            value={draft.form}
            disabled={out}
            onChange={(event) =>
              corrections.correct(chapter, { form: event.target.value as DocumentForm })
            }
          >
            {Object.entries(strings.documents.forms).map(([form, name]) => (
              <option key={form} value={form}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <p className="chapter-opening classical">{chapter.opening}</p>
        <div className="chapter-foot">
          <button
            type="button"
            className="text-button chapter-look"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'unfold' : 'right'} />
            {open ? words.hide : words.look}
          </button>
          <span className="fine-print">{countsOf(chapter)}</span>
          <Marks {...{ chapter, draft, corrections, first }} />
        </div>
        {open && <ChapterPassages documentId={documentId} ordinal={chapter.ordinal} />}
      </li>
    </>
  );
}

function countsOf({ passageCount, characterCount, skipped }: FoundChapter): string {
  if (skipped) return words.passages(formatCount(passageCount));
  return words.counts(formatCount(passageCount), formatCount(characterCount));
}

function rowClass({ skipped, joinPrevious, changed }: DraftChapter): string {
  const out = skipped || joinPrevious ? ' chapter-out' : '';
  return `chapter-row${out}${changed ? ' chapter-changed' : ''}`;
}

interface MarksProps {
  chapter: FoundChapter;
  draft: DraftChapter;
  corrections: Corrections;
  first: boolean;
}

function Marks({ chapter, draft, corrections, first }: MarksProps) {
  const action = (text: string, wanted: { skip?: boolean; joinPrevious?: boolean }) => (
    <button
      type="button"
      className="text-button"
      aria-label={words.actionOf(text, chapter.title)}
      onClick={() => corrections.correct(chapter, wanted)}
    >
      {text}
    </button>
  );
  return (
    <span className="chapter-marks">
      {draft.skipped && <span className="tag tag-bad">{words.skipped}</span>}
      {draft.joinPrevious && <span className="tag">{words.joins}</span>}
      {!draft.skipped &&
        !first &&
        !draft.joinPrevious &&
        action(words.join, { joinPrevious: true })}
      {draft.joinPrevious && action(words.split, { joinPrevious: false })}
      {!draft.joinPrevious &&
        (draft.skipped ? action(words.keep, { skip: false }) : action(words.skip, { skip: true }))}
    </span>
  );
}

function Joined({ ordinals, corrections }: { ordinals: number[]; corrections: Corrections }) {
  const apart = corrections.isSetApart(ordinals);
  return (
    <li className="chapter-joined fine-print">
      {words.joined(ordinals.join('、'))}
      {!apart && (
        <button
          type="button"
          className="text-button"
          onClick={() => corrections.setApart(ordinals)}
        >
          {words.apart}
        </button>
      )}
    </li>
  );
}
