import type { Message } from '../api/types.ts';
import { formatTokens } from '../billing/amounts.ts';
import { strings } from '../strings.ts';
import type { Failure } from './conversation-state.ts';

/** How the server says in its own sentence that part of the answer stays. */
const SAYS_KEPT = /已保留/;

const plain = (slug: string, message: string) => ({ status: 0, slug, message, requestId: null });

/** What was said when it failed, or what the stored answer tells of it after a reload. */
export function reasonOf(answer: Message, failure: Failure | null) {
  if (failure !== null && failure.slug !== 'model_failed') return failure;
  if (answer.failure === 'content_rejected')
    return plain('content_rejected', strings.conversation.rejected);
  if (answer.content === '') return failure ?? plain('failed', strings.conversation.failed);
  return plain('broken_off', brokenOff(answer, failure));
}

/** The server's own sentence names the charge; the page knows of it from the stored answer only. */
function brokenOff({ usage }: Message, failure: Failure | null): string {
  const { brokenOff: kept, charged, notCharged } = strings.conversation;
  if (failure !== null && failure.message !== '') {
    return SAYS_KEPT.test(failure.message) ? failure.message : `${kept}${failure.message}`;
  }
  const cost = usage?.cost ?? 0;
  return `${kept}${cost > 0 ? charged(formatTokens(cost)) : notCharged}`;
}
