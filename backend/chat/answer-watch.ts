import { type Metrics, SECONDS } from '../platform/metrics/metrics.ts';
import { within } from '../platform/scope.ts';
import { type Tracing, traced } from '../platform/tracing/tracing.ts';
import type { Message } from './message.ts';

/** Hears how the writing of one answer goes. */
export interface AnswerProgress {
  /** Some of its text has been handed to listeners. */
  told(): void;
  ended(message: Pick<Message, 'status' | 'failure' | 'usage'>): void;
}

/** Does the work of writing an answer where it is watched: log lines and traces then belong to it. */
export type WatchAnswer = (
  accepted: {
    userId: string;
    answer: Pick<Message, 'id' | 'sessionId'>;
    options: { mode: string };
  },
  write: (progress: AnswerProgress) => Promise<void>,
) => Promise<void>;

const OUTCOMES = ['complete', 'stopped', 'model_failed', 'content_rejected', 'lost'];
const NO_LABELS = {};

/** Answers: how long learners wait and read, how it ends, what they pay. */
export function createAnswerWatch(metrics: Metrics, tracing: Tracing): WatchAnswer {
  const firstText = metrics.histogram({
    name: 'answer_first_text_seconds',
    help: 'Time from the acceptance of a question to the first text of its answer',
    labels: NO_LABELS,
    buckets: SECONDS,
  });
  const duration = metrics.histogram({
    name: 'answer_duration_seconds',
    help: 'Time from the acceptance of a question until its answer is stored; lost: ended by another process',
    labels: { outcome: OUTCOMES },
    buckets: SECONDS,
  });
  const underWay = metrics.gauge({
    name: 'answers_under_way',
    help: 'Answers that this process is writing',
    labels: NO_LABELS,
  });
  const charged = metrics.counter({
    name: 'answer_charged_tokens_total',
    help: 'What learners were charged for answers, in tokens of their balance',
    labels: NO_LABELS,
  });

  return async ({ userId, answer, options }, write) => {
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const ids = { userId, sessionId: answer.sessionId, messageId: answer.id };
    let told = false;
    let outcome = 'lost';
    underWay.add(NO_LABELS, 1);
    const writing = () =>
      traced(tracing, 'answer', async (span) => {
        span.set({ 'guoxue.message.id': answer.id, 'guoxue.mode': options.mode });
        await write({
          told() {
            if (!told) firstText.observe(NO_LABELS, seconds());
            told = true;
          },
          ended({ status, failure, usage }) {
            outcome = status === 'failed' ? (failure ?? 'model_failed') : status;
            charged.add(NO_LABELS, usage?.cost ?? 0);
          },
        });
        span.set({ 'guoxue.outcome': outcome });
        if (outcome === 'model_failed' || outcome === 'lost') span.fail(outcome);
      });
    await within(ids, writing).finally(() => {
      underWay.add(NO_LABELS, -1);
      duration.observe({ outcome }, seconds());
    });
  };
}
