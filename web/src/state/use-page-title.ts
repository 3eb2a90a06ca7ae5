import { useEffect } from 'react';
import { strings } from '../strings.ts';

export function usePageTitle(title: string | null | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · ${strings.brand}` : strings.brand;
  }, [title]);
}
