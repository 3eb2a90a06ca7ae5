import { Loaded } from '../../layout/loaded.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import type { FoundPassage } from './document-types.ts';

const words = strings.documents.chapters;
const SHOWN = 50;

/** How a chapter begins, passage by passage as it will be found and cited. */
export function ChapterPassages({ documentId, ordinal }: { documentId: string; ordinal: number }) {
  const [resource, reload] = useResource<{ items: FoundPassage[] }>(
    `/api/admin/documents/${documentId}/chapters/${ordinal}/passages`,
  );
  return (
    <Loaded resource={resource} onRetry={reload}>
      {({ items }) => (
        <ol className="chapter-passages">
          {items.map((passage) => (
            <li key={passage.id}>
              <p className="classical">{passage.text}</p>
              {passage.translation && <p className="fine-print">{passage.translation}</p>}
            </li>
          ))}
          {items.length >= SHOWN && <li className="fine-print">{words.firstOnly}</li>}
        </ol>
      )}
    </Loaded>
  );
}
