import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { RefusedFile } from '../../../corpus/uploads/refused-file.ts';
import type { ParseInput } from './parsed-document.ts';
import { readDocument } from './read-document.ts';
import type { ThreadMessage } from './thread-messages.ts';

const port = parentPort;
if (!port) throw new Error('parse-thread.ts runs in a thread of its own');

const say = (message: ThreadMessage) => port.postMessage(message);

try {
  const report = await readDocument(workerData as ParseInput, {
    async onBatch(batch) {
      const taken = once(port, 'message');
      say({ kind: 'batch', batch });
      await taken;
    },
    async onProgress(done, total) {
      say({ kind: 'progress', done, total });
    },
  });
  say({ kind: 'done', report });
} catch (error) {
  if (!(error instanceof RefusedFile)) throw error;
  say({ kind: 'refused', reason: error.reason, message: error.message });
}
