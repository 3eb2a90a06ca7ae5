import type { ChapterDetail } from '../api/types.ts';
import { useResource } from '../state/use-resource.ts';

type Syllables = (string | null)[];

/** Of each passage of a chapter its pinyin, once somebody wants it. */
export function usePinyin(
  chapter: { workId: string; id: string },
  wanted: boolean,
): ReadonlyMap<string, Syllables> {
  const path = `/api/library/works/${chapter.workId}/chapters/${chapter.id}?pinyin=1`;
  const [found] = useResource<ChapterDetail>(wanted ? path : null);
  if (!wanted || found.state !== 'ready') return new Map();
  return new Map(
    found.data.passages.flatMap(({ id, pinyin }) => (pinyin ? [[id, pinyin] as const] : [])),
  );
}
