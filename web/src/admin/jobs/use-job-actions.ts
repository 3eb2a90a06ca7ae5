import { useAction } from '../../form/use-action.ts';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { Job } from './job-types.ts';

const words = strings.jobs;

/** What may be done to a job; `onChanged` gets it as the server then tells it. */
export function useJobActions(onChanged: (job: Job) => void) {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const turn = (job: Job, what: 'cancel' | 'retry', done: string) =>
    void run(async () => {
      const path = `/api/admin/jobs/${job.id}/${what}`;
      onChanged({ ...job, ...(await client.call<Job>(path, { method: 'POST', body: {} })) });
      announce(done);
    });
  return {
    busy,
    cancel: (job: Job) => turn(job, 'cancel', words.cancelled),
    retry: (job: Job) => turn(job, 'retry', words.retried),
  };
}
