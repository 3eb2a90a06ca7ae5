import { Link } from 'wouter';
import type { WorkDetail } from '../api/types.ts';
import { bylineOf } from '../conversation/source-name.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { useConvert } from '../script/use-convert.ts';
import { usePageTitle } from '../state/use-page-title.ts';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';

const words = strings.library;

export function WorkPage({ workId }: { workId: string }) {
  const [found, reload] = useResource<WorkDetail>(`/api/library/works/${workId}`);
  usePageTitle(found.state === 'ready' ? found.data.work.title : words.title);
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column">
        <Link href="/library" className="text-link">
          {words.title}
        </Link>
        {found.state === 'loading' && (
          <p className="empty-note" role="status">
            {strings.loading}
          </p>
        )}
        {found.state === 'failed' && <ErrorBox error={found.error} onRetry={reload} />}
        {found.state === 'ready' && <Chapters detail={found.data} />}
      </div>
    </main>
  );
}

function Chapters({ detail: { work, chapters } }: { detail: WorkDetail }) {
  const convert = useConvert();
  const facts = [
    bylineOf(work),
    words.chapters(work.chapterCount),
    words.characters(work.characterCount.toLocaleString('zh-CN')),
  ];
  return (
    <>
      <header className="page-heading">
        <h1>{convert(work.title)}</h1>
        <p>{convert(facts.filter(Boolean).join(' · '))}</p>
        {work.introduction && <p className="work-introduction">{convert(work.introduction)}</p>}
      </header>
      <nav aria-label={words.chapterList}>
        <ol className="chapters">
          {chapters.map((chapter) => (
            <li key={chapter.id}>
              <Link href={`/library/works/${work.id}/chapters/${chapter.id}`}>
                <span>{convert(chapter.title)}</span>
                <span className="fine-print">
                  {chapter.author && chapter.author !== work.author
                    ? convert(chapter.author)
                    : chapter.passageCount}
                </span>
              </Link>
            </li>
          ))}
        </ol>
      </nav>
    </>
  );
}
