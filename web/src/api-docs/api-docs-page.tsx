import { useEffect, useState } from 'react';
import { ErrorBox } from '../layout/error-box.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';
import { type ApiCall, callsByTag, type OpenApiDocument } from './open-api.ts';

const words = strings.apiDocs;
const DOCUMENT = '/api/openapi.json';

/** The HTTP contract for people, drawn from the same document that programs read. */
export function ApiDocsPage() {
  const [document, setDocument] = useState<OpenApiDocument | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  usePageTitle(words.title);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads again.
  useEffect(() => {
    setError(null);
    loadDocument().then(setDocument, setError);
  }, [round]);
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column api-docs">
        <h1>{words.title}</h1>
        <p>
          <a className="text-link" href={DOCUMENT}>
            {words.document}
          </a>
        </p>
        {error !== null && <ErrorBox error={error} onRetry={() => setRound(round + 1)} />}
        {document !== null &&
          [...callsByTag(document)].map(([tag, calls]) => (
            <section key={tag} aria-label={tag}>
              <h2>{tag}</h2>
              {calls.map((call) => (
                <Call key={`${call.method} ${call.path}`} call={call} />
              ))}
            </section>
          ))}
      </div>
    </main>
  );
}

function Call({ call }: { call: ApiCall }) {
  return (
    <details className="api-call">
      <summary>
        <code>
          <b>{call.method}</b> {call.path}
        </code>
        <span>
          {call.summary}
          {call.needsLogin && ` · ${words.needsLogin}`}
        </span>
      </summary>
      {call.parameters.map((parameter) => (
        <Schema
          key={parameter.name}
          title={`${parameter.name}（${parameter.where}${parameter.required ? ` · ${words.required}` : ''}）`}
          schema={parameter.schema}
        />
      ))}
      {call.body !== null && <Schema title={words.body} schema={call.body} />}
      {call.replies.map((reply) => (
        <Schema
          key={reply.status + reply.mediaType}
          title={`${reply.status} ${reply.mediaType}`}
          schema={reply.schema}
        />
      ))}
    </details>
  );
}

function Schema({ title, schema }: { title: string; schema: string }) {
  return (
    <>
      <h3>{title}</h3>
      <pre>{schema}</pre>
    </>
  );
}

async function loadDocument(): Promise<OpenApiDocument> {
  const response = await fetch(DOCUMENT);
  if (!response.ok) throw new Error(`${DOCUMENT}: ${response.status}`);
  return response.json();
}
