import { useEffect, useRef, useState } from 'react';
import { useServices } from '../../state/services.tsx';
import { listenToJob } from './job-line.ts';
import { isOver, type Job } from './job-types.ts';

interface LiveJob {
  job: Job | null;
  /** The line is down and being established again. */
  lost: boolean;
}

/** A job as it stands now, heard live until it is over; `onEnd` is then called once. */
export function useJob(given: Job | null, onEnd: () => void): LiveJob {
  const { client, network } = useServices();
  const [heard, setHeard] = useState<Job | null>(null);
  const [lost, setLost] = useState(false);
  const end = useRef(onEnd);
  end.current = onEnd;
  const jobId = given !== null && !isOver(given) ? given.id : null;
  useEffect(() => {
    if (jobId === null) return;
    const abort = new AbortController();
    setLost(false);
    void listenToJob({
      ...{ client, network, jobId, signal: abort.signal },
      onJob: (job) => {
        if (!abort.signal.aborted) setHeard(job);
      },
      onEnd: () => end.current(),
      onLost: (down) => {
        if (!abort.signal.aborted) setLost(down);
      },
    });
    return () => abort.abort();
  }, [client, network, jobId]);
  const newer = heard !== null && given?.id === heard.id && heard.revision > given.revision;
  return { job: newer ? heard : given, lost };
}
