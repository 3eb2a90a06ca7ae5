import { useEffect } from 'react';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';

/** Whether only the tutor without a model answers here. */
export function useOfflineTutor(): boolean {
  const { tutor } = useServices();
  useEffect(() => void tutor.learn(), [tutor]);
  return useObservable(tutor.offline);
}
