import * as contract from '../contract-schemas.ts';
import type { BadRequest } from './bad-requests.ts';
import type { BadReply } from './send-bad-request.ts';

/** WeChat Pay prescribes how its notices are refused. */
const OWN_REFUSALS = ['/api/billing/wechat/notify'];

/** What is wrong with a reply to a request that may be as bad as it likes; `undefined`: nothing. */
export function faultIn(request: BadRequest, reply: BadReply): string | undefined {
  const { status, headers, text } = reply;
  if (status >= 500) return `${status} ${text.slice(0, 300)}`;
  if (!headers['x-request-id']) return 'no X-Request-Id';
  if (headers['x-content-type-options'] !== 'nosniff') return 'no X-Content-Type-Options';
  const path = request.target.split('?')[0] ?? '';
  if (status < 300 || status === 304 || request.method === 'HEAD') return undefined;
  if (OWN_REFUSALS.includes(path)) return undefined;
  return faultInRefusal(reply);
}

function faultInRefusal({ status, headers, text }: BadReply): string | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return `${status} without JSON: ${text.slice(0, 200)}`;
  }
  const refusal = contract.failure.safeParse(said);
  if (!refusal.success) return `${status}, not as promised: ${text.slice(0, 300)}`;
  if (refusal.data.code !== status) return `${status} that says ${refusal.data.code}`;
  const sameId = refusal.data.requestId === headers['x-request-id'];
  return sameId ? undefined : 'another request id in the body than in the headers';
}
