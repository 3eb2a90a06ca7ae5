import { randomUUID } from 'node:crypto';
import { toExpectedError } from '../http/failure.ts';
import { type Metrics, SECONDS } from '../platform/metrics/metrics.ts';
import { apart } from '../platform/scope.ts';
import { type Tracing, traced } from '../platform/tracing/tracing.ts';
import type { Frame } from './stream-schemas.ts';

/** Hears what goes on over the WebSockets of this process. */
export interface FrameWatch {
  opened(): void;
  closed(): void;
  /** A frame that is nothing one can obey. */
  unsound(): void;
  /** Does what a frame asks for, under an id of its own as a request has one. */
  obeyed(type: Frame['type'], work: () => Promise<void>): Promise<void>;
}

const TYPES: readonly Frame['type'][] = [
  'auth',
  'ask',
  'regenerate',
  'subscribe',
  'unsubscribe',
  'stop',
];
const NO_LABELS = {};

export function createFrameWatch(metrics: Metrics, tracing: Tracing): FrameWatch {
  const connections = metrics.gauge({
    name: 'websocket_connections',
    help: 'WebSockets that are open',
    labels: NO_LABELS,
  });
  const unsound = metrics.counter({
    name: 'websocket_unsound_frames_total',
    help: 'Frames that were refused unread',
    labels: NO_LABELS,
  });
  const duration = metrics.histogram({
    name: 'websocket_frame_seconds',
    help: 'Time until what a frame asks for is done (an answer: accepted), refused or failed',
    labels: { type: TYPES, outcome: ['done', 'refused', 'failed'] },
    buckets: SECONDS,
  });
  return {
    opened: () => connections.add(NO_LABELS, 1),
    closed: () => connections.add(NO_LABELS, -1),
    unsound: () => unsound.add(NO_LABELS),
    obeyed(type, work) {
      const began = performance.now();
      const observe = (outcome: string) =>
        duration.observe({ type, outcome }, (performance.now() - began) / 1000);
      const attempt = async () => {
        try {
          await work();
          observe('done');
        } catch (error) {
          observe((toExpectedError(error)?.status ?? 500) < 500 ? 'refused' : 'failed');
          throw error;
        }
      };
      const server = { kind: 'server', parent: null } as const;
      return apart({ requestId: randomUUID() }, () =>
        traced(tracing, `websocket ${type}`, attempt, server),
      );
    },
  };
}
