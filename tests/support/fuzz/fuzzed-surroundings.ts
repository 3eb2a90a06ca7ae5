import { z } from 'zod';
import { asAdmin } from '../administrator.ts';
import * as contract from '../contract-schemas.ts';
import { asGuest, type Client, type Learner, register, visit } from '../service-client.ts';
import type { RunningService } from '../start-service.ts';
import type { Surroundings } from './bad-requests.ts';
import { badTokens } from './bad-tokens.ts';

/** People, and what they have, for requests to go wrong with. */
export interface Fuzzed extends Surroundings {
  /** What stands in `Authorization`; `undefined` for nobody. */
  tokenOf(caller: string): string | undefined;
  /** Lets a caller in again whom a request has logged out or closed. */
  revive(caller: string): Promise<void>;
}

const PEOPLE = { guest: asGuest, learner: register, admin: asAdmin };

export async function fuzzedSurroundings({ url, config }: RunningService): Promise<Fuzzed> {
  const [guest, learner, admin] = [await asGuest(url), await register(url), await asAdmin(url)];
  const tokens: Record<string, string | undefined> = {
    nobody: undefined,
    ...badTokens((await register(url)).login, config.jwtSecret ?? ''),
  };
  const letIn = (caller: string, { login }: Learner) => {
    tokens[caller] = `Bearer ${login.accessToken}`;
  };
  letIn('guest', guest);
  letIn('learner', learner);
  letIn('admin', admin);
  const people = Object.keys(PEOPLE);
  return {
    // Mostly those who get as far as the work itself.
    callers: [...people, ...people, ...people, ...people, 'admin', 'admin', ...Object.keys(tokens)],
    ids: await thingsThatExist({ guest, learner, admin }),
    tokenOf: (caller) => tokens[caller],
    async revive(caller) {
      const enter = PEOPLE[caller as keyof typeof PEOPLE];
      if (!enter) return;
      const verified = await visit(url, tokens[caller]?.slice(7)).get('/api/auth/verify');
      if (verified.status === 401) letIn(caller, await enter(url));
    },
  };
}

async function thingsThatExist(
  people: Record<'guest' | 'learner' | 'admin', Learner>,
): Promise<Fuzzed['ids']> {
  const { guest, learner, admin } = people;
  const [sessions, messages] = [[] as string[], [] as string[]];
  for (const person of [guest, learner, admin]) {
    const session = await person.openSession();
    const answer = await person.askWhole(session.id, '「学而不思则罔」是什么意思？');
    sessions.push(session.id);
    messages.push(answer.userMessage.id, answer.message.id);
  }
  const works = await idsIn(learner, '/api/library/works');
  const shown = await learner.get(`/api/library/works/${works[0]}`);
  const { chapters } = shown.data(contract.workReading);
  const chapter = await learner.get(`/api/library/works/${works[0]}/chapters/${chapters[0]?.id}`);
  const { passages } = chapter.data(contract.chapterReading);
  const packages = z.array(z.object({ id: z.string() }));
  const sold = (await learner.get('/api/billing/packages')).data(z.object({ items: packages }));
  const order = await learner.post('/api/billing/recharge', {
    ...{ packageId: sold.items[0]?.id, channel: 'wechat_native' },
  });
  const ordered = order.data(z.object({ order: z.object({ id: z.string() }) }), 201).order.id;
  await admin.post('/api/admin/redeem-codes', { count: 1, tokens: 10 });
  await learner.post(`/api/library/passages/${passages[0]?.id}/reports`, { comment: '有误' });
  return {
    '/api/sessions/': sessions,
    '/messages/': messages,
    '/works/': works,
    '/chapters/': [...chapters.map(({ id }) => id), '1', '0'],
    '/passages/': passages.map(({ id }) => id),
    '/orders/': [ordered],
    '/packages/': sold.items.map(({ id }) => id),
    '/redeem-batches/': await idsIn(admin, '/api/admin/redeem-batches'),
    '/reading-reports/': await idsIn(admin, '/api/admin/reading-reports'),
    '/users/': [guest, learner].map(({ login }) => login.user.id),
    '/jobs/': await idsIn(admin, '/api/admin/jobs'),
    '/vector-spaces/': await idsIn(admin, '/api/admin/library/vector-spaces'),
    '/documents/': await idsIn(admin, '/api/admin/documents'),
    '/logins/': await idsIn(learner, '/api/user/logins'),
  };
}

const listed = z.object({ data: z.object({ items: z.array(z.object({ id: z.string() })) }) });

async function idsIn(client: Client, path: string): Promise<string[]> {
  const { text } = await client.get(path);
  const ids = listed.parse(JSON.parse(text)).data.items.map(({ id }) => id);
  return ids.length > 0 ? ids : ['1'];
}
