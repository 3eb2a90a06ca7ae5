import { useState } from 'react';
import { ConfirmDialog } from '../../form/confirm-dialog.tsx';
import { ErrorBox } from '../../layout/error-box.tsx';
import { useServices } from '../../state/services.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { VectorSpaceItem } from './vector-space-item.tsx';
import type { VectorSpace, VectorSpaces } from './vector-space-types.ts';

const words = strings.vectorSpaces;
const PATH = '/api/admin/library/vector-spaces';

interface Wish {
  what: 'activate' | 'delete';
  space: VectorSpace;
}

/** Which embedding questions are compared in, and which were or may be. */
export function VectorSpacesSection() {
  const { client } = useServices();
  const [listed, reload] = useResource<VectorSpaces>(PATH);
  const [wish, setWish] = useState<Wish | null>(null);
  const [force, setForce] = useState(false);
  const fulfil = async ({ what, space }: Wish) => {
    if (what === 'activate') {
      await client.call(`${PATH}/${space.id}/activate`, { method: 'POST', body: { force } });
    } else {
      await client.call(`${PATH}/${space.id}`, { method: 'DELETE' });
    }
    reload();
  };
  return (
    <section className="overview-section" aria-labelledby="vector-spaces">
      <header>
        <div>
          <h2 id="vector-spaces">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
      </header>
      {listed.state === 'failed' && <ErrorBox error={listed.error} onRetry={reload} />}
      {listed.state === 'ready' && (
        <ul className="entries">
          {listed.data.items.map((space) => (
            <VectorSpaceItem
              key={space.id}
              space={space}
              onWish={(what) => {
                setForce(false);
                setWish({ what, space });
              }}
            />
          ))}
        </ul>
      )}
      {wish && (
        <ConfirmDialog
          title={wishTitle(wish)}
          submit={wish.what === 'activate' ? words.activate : words.delete}
          onConfirm={() => fulfil(wish)}
          onClose={() => setWish(null)}
        >
          <p>{wish.what === 'activate' ? words.activateNote : words.deleteNote}</p>
          {wish.what === 'activate' && (
            <label className="check-field">
              <input
                type="checkbox"
                checked={force}
                onChange={(event) => setForce(event.target.checked)}
              />
              {words.force}
            </label>
          )}
        </ConfirmDialog>
      )}
    </section>
  );
}

function wishTitle({ what, space }: Wish): string {
  return what === 'activate' ? words.activateOf(space.model) : words.deleteOf(space.model);
}
