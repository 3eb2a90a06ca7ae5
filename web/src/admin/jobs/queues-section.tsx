import { useState } from 'react';
import { useAction } from '../../form/use-action.ts';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';

const words = strings.jobs.queues;

/** The way to Bull's own pages, which are opened by a cookie that is asked for first. */
export function QueuesSection() {
  const { client } = useServices();
  const { busy, run } = useAction();
  const [embedded, setEmbedded] = useState(false);
  const open = () =>
    run(async () => {
      const options = { method: 'POST', body: {} } as const;
      const { url } = await client.call<{ url: string | null }>('/api/admin/queues/pass', options);
      if (url === null) setEmbedded(true);
      else window.location.assign(url);
    });
  return (
    <section className="overview-section" aria-labelledby="queues">
      <header>
        <div>
          <h2 id="queues">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
        {!embedded && (
          <button
            type="button"
            className="button button-small"
            disabled={busy}
            onClick={() => void open()}
          >
            {words.open}
          </button>
        )}
      </header>
      {embedded && (
        <p className="form-notice" role="status">
          {words.embedded}
        </p>
      )}
    </section>
  );
}
