import { strings } from '../../strings.ts';
import type { VectorSpace } from './vector-space-types.ts';

const words = strings.vectorSpaces;

const TAGS: Record<VectorSpace['state'], string> = {
  active: 'tag tag-good',
  building: 'tag',
  refused: 'tag tag-bad',
  retired: 'tag',
};

interface VectorSpaceItemProps {
  space: VectorSpace;
  onWish(what: 'activate' | 'delete'): void;
}

export function VectorSpaceItem({ space, onWish }: VectorSpaceItemProps) {
  const { model, dimension, state, recall, activeRecall, embeddedWorks, works } = space;
  const idle = state === 'refused' || state === 'retired';
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong>{model}</strong>
          <span className={TAGS[state]}>{words.states[state]}</span>
        </p>
        <p className="fine-print">
          {`${words.dimension(dimension)} · ${words.embedded(embeddedWorks, works)}`}
        </p>
        {recall !== null && activeRecall !== null && (
          <p className="fine-print">{words.recall(recall, activeRecall)}</p>
        )}
      </div>
      {idle && (
        <div className="entry-buttons">
          <button
            type="button"
            className="button button-small"
            aria-label={words.activateOf(model)}
            onClick={() => onWish('activate')}
          >
            {words.activate}
          </button>
          <button
            type="button"
            className="button button-small"
            aria-label={words.deleteOf(model)}
            onClick={() => onWish('delete')}
          >
            {words.delete}
          </button>
        </div>
      )}
    </li>
  );
}
