import type { Account } from '../account/account.ts';
import type { ApiClient } from '../api/api-client.ts';

/** Whoever reads may report; where nobody is signed in, as a guest. */
export async function sendReport(
  { account, client }: { account: Pick<Account, 'ensure'>; client: Pick<ApiClient, 'call'> },
  passageId: string,
  comment: string,
): Promise<void> {
  await account.ensure();
  await client.call(`/api/library/passages/${passageId}/reports`, {
    method: 'POST',
    body: { comment },
  });
}
