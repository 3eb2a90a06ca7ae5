import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError } from '../api/api-error.ts';
import { randomKey } from '../api/random-key.ts';
import type { Mode } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { useConvert } from '../script/use-convert.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { Composer } from './composer.tsx';
import { ModePicker } from './mode-picker.tsx';
import { NEW_SESSION } from './unsent.ts';

const words = strings.welcome;

/** Makes a session for the first question, and a guest to own it where nobody is signed in. */
function useFirstQuestion() {
  const { account, sessions, conversations, unsent, network } = useServices();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [mode, setMode] = useState<Mode>('qa');
  // The same for each try: a reply that was lost must not leave an empty session behind.
  const key = useRef('');
  async function ask(content: string): Promise<void> {
    if (key.current === '') key.current = randomKey();
    setAsked(content);
    setError(null);
    // Until there is a session it is still a draft.
    unsent.keepDraft(NEW_SESSION, content);
    try {
      await account.ensure();
      const session = await sessions.create(mode, key.current);
      unsent.keepDraft(NEW_SESSION, '');
      conversations.start(session.id);
      void conversations.ask(session.id, content);
      navigate(`/s/${session.id}`);
    } catch (failure) {
      setError(failure);
    }
  }
  const again = useRef(ask);
  again.current = ask;
  const lost = error instanceof ApiError && error.slug === 'unreachable' ? asked : null;
  useEffect(() => {
    if (lost === null) return;
    return network.watch(() => {
      if (network.online()) void again.current(lost);
    });
  }, [network, lost]);
  function choose(wanted: Mode): void {
    key.current = '';
    setMode(wanted);
  }
  return { asked, error, mode, choose, ask };
}

export function Welcome() {
  const { asked, error, mode, choose, ask } = useFirstQuestion();
  const busy = asked !== null && error === null;
  return (
    <div className="welcome">
      <div className="welcome-column">
        <div className="welcome-head">
          <Leaf />
          <div>
            <h1>{words.title}</h1>
            <p className="welcome-lead">{words.lead}</p>
          </div>
        </div>
        {error !== null && <ErrorBox error={error} onRetry={() => void ask(asked ?? '')} />}
        <Composer place={NEW_SESSION} busy={busy} onAsk={(content) => void ask(content)}>
          <ModePicker mode={mode} onChoose={choose} />
        </Composer>
        <section aria-labelledby="examples">
          <h2 id="examples" className="quiet-heading">
            {words.examplesLabel}
          </h2>
          <ul className="examples">
            {words.examples.map((example) => (
              <li key={example}>
                <button type="button" disabled={busy} onClick={() => void ask(example)}>
                  {example}
                </button>
              </li>
            ))}
          </ul>
        </section>
        <Link href="/library" className="text-link welcome-browse">
          {words.browse}
        </Link>
      </div>
    </div>
  );
}

/** A leaf of an old print: columns from right to left between thin rules. */
function Leaf() {
  const convert = useConvert();
  return (
    <div className="leaf" role="img" aria-label={words.leafLabel}>
      <div className="leaf-columns" aria-hidden="true">
        {words.leaf.map((column) => (
          <span key={column}>{convert(column)}</span>
        ))}
        <span className="leaf-source">{convert(words.leafSource)}</span>
      </div>
    </div>
  );
}
