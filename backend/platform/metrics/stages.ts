import { type AroundStage, STAGES } from '../../../ai/stages.ts';
import { type Tracing, traced } from '../tracing/tracing.ts';
import type { Metrics } from './metrics.ts';

/** Most take milliseconds; those that ask a model take seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The stages of retrieval: how long each takes, and where in the trace of a question. */
export function createStageWatch(metrics: Metrics, tracing: Tracing): AroundStage {
  const duration = metrics.histogram({
    name: 'retrieval_stage_seconds',
    help: 'Time that a stage of retrieval takes; retrieve: all of them for a question',
    labels: { stage: STAGES, outcome: ['done', 'failed'] },
    buckets: BUCKETS,
  });
  return (stage, work) => {
    const began = performance.now();
    const ended = (outcome: 'done' | 'failed') => {
      duration.observe({ stage, outcome }, (performance.now() - began) / 1000);
    };
    return whenOver(() => traced(tracing, stage, work), ended);
  };
}

function whenOver<Result>(work: () => Result, ended: (outcome: 'done' | 'failed') => void): Result {
  try {
    const result = work();
    if (result instanceof Promise) {
      result.then(
        () => ended('done'),
        () => ended('failed'),
      );
    } else {
      ended('done');
    }
    return result;
  } catch (error) {
    ended('failed');
    throw error;
  }
}
