import type { ChapterRef, Work } from '../api/types.ts';
import { bylineOf } from '../conversation/source-name.ts';
import { useConvert } from '../script/use-convert.ts';

export function ChapterHeading({ work, chapter }: { work: Work; chapter: ChapterRef }) {
  const convert = useConvert();
  const author = {
    author: chapter.author ?? work.author,
    dynasty: chapter.dynasty ?? work.dynasty,
  };
  return (
    <header className="chapter-heading">
      <p className="chapter-work">
        {convert(`《${work.title}》`)}
        <span>{convert(bylineOf(author))}</span>
      </p>
      <h3>{convert(chapter.title)}</h3>
    </header>
  );
}
