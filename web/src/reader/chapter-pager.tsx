import type { ChapterRef } from '../api/types.ts';
import { Icon } from '../layout/icon.tsx';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';

const words = strings.reader;

interface ChapterPagerProps {
  previous: ChapterRef | null;
  next: ChapterRef | null;
  onTurn(chapter: ChapterRef): void;
}

export function ChapterPager({ previous, next, onTurn }: ChapterPagerProps) {
  const convert = useConvert();
  if (previous === null && next === null) return null;
  return (
    <nav className="chapter-pager" aria-label={words.pager}>
      {previous && (
        <button
          type="button"
          className="pager-previous"
          aria-label={`${words.previous}：${convert(previous.title)}`}
          onClick={() => onTurn(previous)}
        >
          <Icon name="left" />
          <span>{convert(previous.title)}</span>
        </button>
      )}
      {next && (
        <button
          type="button"
          className="pager-next"
          aria-label={`${words.next}：${convert(next.title)}`}
          onClick={() => onTurn(next)}
        >
          <span>{convert(next.title)}</span>
          <Icon name="right" />
        </button>
      )}
    </nav>
  );
}
