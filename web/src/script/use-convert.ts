import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import type { Convert } from './classical-script.ts';

/** Turns stored text into the script the reader chose. */
export function useConvert(): Convert {
  return useObservable(useServices().script.state).convert;
}
