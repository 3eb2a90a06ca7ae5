import { setTimeout as sleep } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Desk, DeskJob } from './desk.ts';
import type { Terminal } from './terminal.ts';

const LOOK_EVERY_MS = 250;

const STAGES: Record<string, string> = {
  received: '接收',
  parsed: '解析',
  segmented: '分段',
  enriched: '补译',
  embedded: '向量',
  indexed: '入库',
  published: '发布',
};

/** Shows how far a job is until it is over. Rejects when Ctrl-C is pressed. */
export async function followJob(
  desk: Desk,
  begun: DeskJob,
  { output, signal }: Terminal,
): Promise<DeskJob> {
  const bar = new SingleBar(
    {
      format: '  {stage} {bar} {percentage}% · {value}/{total} {unit}{left}',
      stream: output,
      ...{ noTTYOutput: true, notTTYSchedule: 2_000, hideCursor: true, clearOnComplete: false },
    },
    Presets.shades_classic,
  );
  let job = begun;
  bar.start(Math.max(1, job.total), job.done, wordsOf(job));
  try {
    while (job.status === 'queued' || job.status === 'running') {
      await sleep(LOOK_EVERY_MS, undefined, { signal });
      job = (await desk.job(job.id)) ?? { ...job, status: 'done' };
      bar.setTotal(Math.max(1, job.total));
      bar.update(job.done, wordsOf(job));
    }
  } finally {
    bar.stop();
  }
  return job;
}

function wordsOf({ stage, status, remainingSeconds }: DeskJob) {
  return {
    stage: status === 'queued' ? '排队' : (STAGES[stage ?? ''] ?? '开始'),
    unit: stage === 'parsed' || stage === 'received' ? '字节' : '段',
    left: remainingSeconds === null ? '' : ` · 还要 ${remainingSeconds} 秒`,
  };
}
