import type { ReactNode } from 'react';
import type { Resource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { ErrorBox } from './error-box.tsx';

interface LoadedProps<Data> {
  resource: Resource<Data>;
  onRetry(): void;
  children(data: Data): ReactNode;
}

/** What was asked for, or how it stands with it. */
export function Loaded<Data>({ resource, onRetry, children }: LoadedProps<Data>) {
  if (resource.state === 'failed') return <ErrorBox error={resource.error} onRetry={onRetry} />;
  if (resource.state === 'ready') return children(resource.data);
  return (
    <p className="loading-note" role="status">
      {strings.loading}
    </p>
  );
}
