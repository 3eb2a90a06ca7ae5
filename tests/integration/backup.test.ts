import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { asAdmin, logIn, WITH_ADMIN } from '../support/administrator.ts';
import { backup, restore } from '../support/backup-command.ts';
import * as contract from '../support/contract-schemas.ts';
import { asLibrarian, type UploadedDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { png } from '../support/pictures.ts';
import { asLearner, type Learner, register, visit } from '../support/service-client.ts';
import {
  describeInBothModes,
  describeWithServers,
  type Mode,
  openSpace,
  type ServiceSpace,
} from '../support/service-space.ts';
import { errorsIn, libraryComplete, type RunningService } from '../support/start-service.ts';
import { createDatabase } from '../support/test-database.ts';

jest.setTimeout(180_000);

/** Without JWT_SECRET, so that the service makes one up and keeps it. */
const SETTINGS = { ...WITH_ADMIN, JWT_SECRET: '' };
const QUESTION = '「学而不思则罔」是什么意思？';
const BOOK = '幽梦影\n\n第一则\n\n读经宜冬，其神专也；读史宜夏，其时久也；读诸子宜秋，其致别也。\n';
const PHRASE = '读诸子宜秋，其致别也';

/** What somebody had, and looks for afterwards. */
interface Belongings {
  learner: Learner;
  email: string | null;
  sessionId: string;
  messages: contract.Message[];
  balance: unknown;
  transactions: string;
  document: UploadedDocument;
}

async function gatherBelongings({ url }: RunningService): Promise<Belongings> {
  const learner = await register(url);
  const { id: sessionId } = await learner.openSession({ title: '温故' });
  const { message } = await learner.askWhole(sessionId, QUESTION);
  expect(message.citations.length).toBeGreaterThan(0);
  await learner.call('PUT', `/api/messages/${message.id}/favorite`);
  await learner.call('PUT', '/api/user/avatar', png(), { 'content-type': 'image/png' });
  const spending = { amount: 300, reason: '测试' };
  await learner.post('/api/billing/consume', spending, { 'idempotency-key': 'once' });
  const librarian = await asLibrarian(url);
  const document = await librarian.publish({ name: '幽梦影.txt', text: BOOK });
  return {
    ...{ learner, email: learner.login.user.email, sessionId, document },
    messages: await learner.messages(sessionId),
    balance: await learner.balance(),
    transactions: (await learner.get('/api/billing/transactions')).text,
  };
}

async function expectEverything(service: RunningService, had: Belongings): Promise<void> {
  const { url } = service;
  const back = asLearner(url, had.learner.login);
  expect(await back.messages(had.sessionId)).toEqual(had.messages);
  expect(await back.balance()).toEqual(had.balance);
  const data = (text: string) => JSON.parse(text).data;
  const transactions = await back.get('/api/billing/transactions');
  expect(data(transactions.text)).toEqual(data(had.transactions));
  const favorites = (await back.get('/api/favorites')).text;
  expect(data(favorites).items).toHaveLength(1);
  const { avatarUrl } = (await back.get('/api/user/profile')).data(contract.user);
  expect(Buffer.from(await (await fetch(`${url}${avatarUrl}`)).arrayBuffer())).toEqual(png());
  await logIn(url, had.email);
  const citation = had.messages.flatMap(({ citations }) => citations)[0];
  const passage = await visit(url).get(`/api/library/passages/${citation?.passageId}`);
  expect(passage.text).toContain(citation?.text.slice(0, 8));
  await expectBooks(service, had);
}

/** The uploaded text is found, also by its vectors, which were not in the backup. */
async function expectBooks(service: RunningService, { document }: Belongings): Promise<void> {
  const { platform, services, url } = service;
  const found = await visit(url).get(`/api/library/search?q=${encodeURIComponent(PHRASE)}`);
  expect(found.text).toContain(PHRASE);
  await libraryComplete(service);
  const { passages } = await services.stores.library.totals();
  expect(await platform.vectorSpace.vectors.count()).toBeGreaterThanOrEqual(passages);
  const { embeddings, vectors } = platform.vectorSpace;
  const [nearest] = await vectors.query(await embeddings.embedQuery(PHRASE), 1);
  expect(services.published.library.passage(nearest?.id ?? '')?.text).toContain('读诸子宜秋');
  const kept = await asAdmin(url).then((admin) => admin.get(`/api/admin/documents/${document.id}`));
  expect(JSON.parse(kept.text).data.document).toMatchObject({ status: 'published' });
  const { totals, differing } = await services.stores.ledger.trialBalance();
  expect(differing).toEqual([]);
  expect(Object.values(totals).reduce((sum, total) => sum + total, 0)).toBe(0);
}

/** Everything the service had written, and what it was. Returns where there is nothing yet. */
async function loseEverything(space: ServiceSpace, mode: Mode): Promise<Record<string, string>> {
  for (const part of ['database', 'chroma', 'jwt-secret', 'spool', 'outbox', 'logs']) {
    await rm(path.join(space.dataDir, part), { recursive: true, force: true });
  }
  if (mode === 'embedded') return {};
  const database = await createDatabase();
  space.beforeDisposal(database.drop);
  return { DATABASE_URL: database.url, CHROMA_URL: '' };
}

describeInBothModes('a site that loses everything', (mode) => {
  let archives: string;
  let space: ServiceSpace;
  let had: Belongings;
  const file = () => path.join(archives, 'site.zip');
  beforeAll(async () => {
    archives = await mkdtemp(path.join(tmpdir(), 'guoxue-backup-'));
    space = await openSpace(mode);
    const service = await space.start(SETTINGS);
    had = await gatherBelongings(service);
    const environment = { ...space.environment, ...SETTINGS };
    if (mode === 'embedded') {
      // One process at a time has the embedded database open: this is said, and harms nobody.
      expect((await backup(environment, file())).text).toMatch(/服务正在使用.*请先停下服务/);
      expect(existsSync(file())).toBe(false);
      await service.stop();
    }
    const said = await backup(environment, file());
    expect(said).toMatchObject({ code: 0, text: expect.stringContaining('核对无误') });
    await service.stop();
    expect(errorsIn(service)).toEqual([]);
  });
  afterAll(async () => {
    await space.dispose();
    await rm(archives, { recursive: true, force: true });
  });

  test('has it back', async () => {
    const emptied = { ...space.environment, ...(await loseEverything(space, mode)), ...SETTINGS };
    const said = await restore(emptied, file());
    expect(said).toMatchObject({ code: 0, text: expect.stringContaining('恢复好了') });
    expect(said.text).not.toContain('注意');
    const service = await space.start(emptied);
    await expectEverything(service, had);
    await service.stop();
    expect(errorsIn(service)).toEqual([]);
    const again = await restore(emptied, file());
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('--replace') });
    expect(await restore(emptied, file(), '--replace')).toMatchObject({ code: 0 });
  });

  if (mode === 'embedded') {
    describeWithServers('and moves to PostgreSQL', () => {
      test('with everything', async () => {
        const database = await createDatabase();
        space.beforeDisposal(database.drop);
        const dataDir = path.join(archives, 'site');
        const moved = {
          ...{ ...space.environment, ...SETTINGS, DATABASE_URL: database.url },
          ...{ DATA_DIR: dataDir, CORPUS: 'none' },
        };
        expect(await restore(moved, file())).toMatchObject({
          ...{ code: 0, text: expect.stringContaining('恢复好了') },
        });
        const service = await space.start(moved);
        await eventually(
          'the books are held',
          async () => (await fetch(`${service.url}/ready`)).ok,
        );
        await expectEverything(service, had);
        await service.stop();
        expect(errorsIn(service)).toEqual([]);
      });
    });
  }
});
