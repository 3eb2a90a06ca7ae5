import { useAction } from '../../form/use-action.ts';
import { Paged } from '../../layout/paged.tsx';
import { useServices } from '../../state/services.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import { ChapterRow } from './chapter-row.tsx';
import type { DocumentView, FoundChapter, LibraryDocument } from './document-types.ts';
import { type Corrections, useCorrections } from './use-corrections.ts';

const words = strings.documents.chapters;

interface ChaptersSectionProps {
  document: LibraryDocument;
  onApplied(view: DocumentView): void;
}

/** The chapters that were found, to be looked through and put right before they are published. */
export function ChaptersSection({ document, onApplied }: ChaptersSectionProps) {
  const list = usePagedList<FoundChapter>(`/api/admin/documents/${document.id}/chapters?limit=50`);
  const corrections = useCorrections();
  return (
    <section className="overview-section found-chapters" aria-labelledby="chapters">
      <header>
        <div>
          <h2 id="chapters">{words.title}</h2>
          <p className="fine-print">
            {document.status === 'published' ? words.leadPublished : words.lead}
          </p>
        </div>
      </header>
      <Paged list={list} empty={words.empty}>
        {(chapters) => (
          <ol className="entries chapter-entries">
            {chapters.map((chapter, index) => (
              <ChapterRow
                key={chapter.ordinal}
                {...{ chapter, corrections }}
                documentId={document.id}
                joined={missingBefore(chapters, index)}
                first={index === 0}
              />
            ))}
          </ol>
        )}
      </Paged>
      {corrections.changes.length > 0 && <ApplyBar {...{ document, corrections, onApplied }} />}
    </section>
  );
}

/** Chapters that are counted but not there have been joined to the one before. */
function missingBefore(chapters: readonly FoundChapter[], index: number): number[] {
  const [before, here] = [chapters[index - 1]?.ordinal, chapters[index]?.ordinal];
  if (before === undefined || here === undefined) return [];
  return Array.from({ length: here - before - 1 }, (_, gap) => before + 1 + gap);
}

interface ApplyBarProps extends ChaptersSectionProps {
  corrections: Corrections;
}

function ApplyBar({ document, corrections, onApplied }: ApplyBarProps) {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const apply = () =>
    run(async () => {
      const options = { method: 'PATCH', body: { chapters: corrections.changes } } as const;
      onApplied(await client.call<DocumentView>(`/api/admin/documents/${document.id}`, options));
      corrections.clear();
      announce(words.applied);
    });
  return (
    <div className="apply-bar">
      <p role="status">{words.changed(corrections.changes.length)}</p>
      <button type="button" className="button" disabled={busy} onClick={corrections.clear}>
        {words.giveUp}
      </button>
      <button
        type="button"
        className="button button-primary"
        disabled={busy}
        onClick={() => void apply()}
      >
        {words.apply}
      </button>
    </div>
  );
}
