import { useState } from 'react';
import { Link } from 'wouter';
import type { ChapterDetail, ChapterRef, PassageDetail } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { ChapterHeading } from './chapter-heading.tsx';
import { ChapterPager } from './chapter-pager.tsx';
import { ChapterText } from './chapter-text.tsx';

const words = strings.reader;

/** Opens a passage in its chapter; from there the reader may turn to the chapters around it. */
export function PassageReader({ passageId }: { passageId: string }) {
  const [found, reload] = useResource<PassageDetail>(
    `/api/library/passages/${encodeURIComponent(passageId)}`,
  );
  if (found.state === 'loading') return <Loading />;
  if (found.state === 'failed') {
    return (
      <div className="reader-body">
        <ErrorBox error={found.error} onRetry={reload} />
      </div>
    );
  }
  return <ChapterReader opened={found.data} />;
}

function Loading() {
  return (
    <p className="empty-note" role="status">
      {strings.loading}
    </p>
  );
}

function ChapterReader({ opened }: { opened: PassageDetail }) {
  const [turnedTo, setTurnedTo] = useState<ChapterRef | null>(null);
  const { work } = opened;
  const chapter = turnedTo ?? opened.chapter;
  const [loaded, reload] = useResource<ChapterDetail>(
    `/api/library/works/${work.id}/chapters/${chapter.id}`,
  );
  const highlighted = turnedTo === null ? opened.passage.id : null;
  const address = `/library/works/${work.id}/chapters/${chapter.id}`;
  return (
    <>
      <div className="reader-body" key={chapter.id}>
        <ChapterHeading work={work} chapter={chapter} />
        {loaded.state === 'loading' && <Loading />}
        {loaded.state === 'failed' && <Neighbours opened={opened} onRetry={reload} />}
        {loaded.state === 'ready' && (
          <ChapterText
            chapter={{ workId: work.id, id: chapter.id }}
            passages={loaded.data.passages}
            highlightedId={highlighted}
          />
        )}
      </div>
      <footer className="reader-foot">
        {loaded.state === 'ready' && (
          <ChapterPager
            previous={loaded.data.previous}
            next={loaded.data.next}
            onTurn={setTurnedTo}
          />
        )}
        <Link
          href={highlighted ? `${address}?p=${encodeURIComponent(highlighted)}` : address}
          className="text-link"
        >
          {words.whole}
        </Link>
      </footer>
    </>
  );
}

/** What came with the passage itself, for when its chapter cannot be fetched. */
function Neighbours({ opened, onRetry }: { opened: PassageDetail; onRetry(): void }) {
  const passages = [opened.previous, opened.passage, opened.next].filter((one) => one !== null);
  return (
    <>
      <p className="fine-print">
        {words.onlyNear}{' '}
        <button type="button" className="text-button" onClick={onRetry}>
          {strings.retry}
        </button>
      </p>
      <ChapterText
        chapter={{ workId: opened.work.id, id: opened.chapter.id }}
        passages={passages}
        highlightedId={opened.passage.id}
      />
    </>
  );
}
