import { Link, useLocation, useSearchParams } from 'wouter';
import type { ChapterDetail } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { ChapterHeading } from '../reader/chapter-heading.tsx';
import { ChapterPager } from '../reader/chapter-pager.tsx';
import { ChapterText } from '../reader/chapter-text.tsx';
import { useConvert } from '../script/use-convert.ts';
import { usePageTitle } from '../state/use-page-title.ts';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';

interface ChapterPageProps {
  workId: string;
  chapterId: string;
}

/** A chapter to read; `?p=` names the passage to begin at. */
export function ChapterPage({ workId, chapterId }: ChapterPageProps) {
  const [found, reload] = useResource<ChapterDetail>(
    `/api/library/works/${workId}/chapters/${chapterId}`,
  );
  const [parameters] = useSearchParams();
  usePageTitle(found.state === 'ready' ? found.data.chapter.title : strings.library.title);
  return (
    <main id="main" tabIndex={-1} className="plain-page" key={chapterId}>
      <div className="plain-column chapter-page">
        {found.state === 'loading' && (
          <p className="empty-note" role="status">
            {strings.loading}
          </p>
        )}
        {found.state === 'failed' && <ErrorBox error={found.error} onRetry={reload} />}
        {found.state === 'ready' && (
          <Chapter detail={found.data} highlightedId={parameters.get('p')} />
        )}
      </div>
    </main>
  );
}

function Chapter(props: { detail: ChapterDetail; highlightedId: string | null }) {
  const { work, chapter, passages, previous, next } = props.detail;
  const convert = useConvert();
  const [, navigate] = useLocation();
  return (
    <>
      <p className="crumbs">
        <Link href="/library" className="text-link">
          {strings.library.title}
        </Link>
        <span aria-hidden="true">/</span>
        <Link href={`/library/works/${work.id}`} className="text-link">
          {convert(work.title)}
        </Link>
      </p>
      <ChapterHeading work={work} chapter={chapter} />
      <ChapterText
        chapter={{ workId: work.id, id: chapter.id }}
        passages={passages}
        highlightedId={props.highlightedId}
      />
      <ChapterPager
        previous={previous}
        next={next}
        onTurn={(turned) => navigate(`/library/works/${work.id}/chapters/${turned.id}`)}
      />
    </>
  );
}
