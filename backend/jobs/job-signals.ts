import { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { Job } from './job.ts';
import { type JobReply, jobSchema, presentJob } from './job-schemas.ts';

type Stop = () => Promise<void>;

/** Calls between processes about jobs. Any of them may get lost: the row is what counts. */
export interface JobSignals {
  changed(job: Job): void;
  onChange(jobId: string, hear: (job: JobReply) => void): Promise<Stop>;
  cancel(jobId: string): void;
  onCancel(hear: (jobId: string) => void): Promise<Stop>;
}

const CANCELS = 'jobs-to-cancel';

export function createJobSignals(bus: MessageBus, logger: Logger): JobSignals {
  function publish(channel: string, message: unknown): void {
    bus.publish(channel, message).catch((error: unknown) => {
      logger.debug({ err: error, channel }, 'a call about a job was not heard');
    });
  }
  return {
    changed: (job) => publish(`job:${job.id}`, presentJob(job)),
    onChange: (jobId, hear) =>
      bus.subscribe(`job:${jobId}`, (message) => hear(jobSchema.parse(message))),
    cancel: (jobId) => publish(CANCELS, jobId),
    onCancel: (hear) => bus.subscribe(CANCELS, (message) => hear(z.uuid().parse(message))),
  };
}
