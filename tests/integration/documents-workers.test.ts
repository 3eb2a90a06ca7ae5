import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { WITH_ADMIN } from '../support/administrator.ts';
import {
  asFile,
  type DocumentDesk,
  gardenText,
  longText,
  openDesk,
} from '../support/document-desk.ts';
import { documentView } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { createRandom } from '../support/random.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { type ServiceProcess, startServiceProcess } from '../support/start-service-process.ts';
import { thoroughness } from '../support/thoroughness.ts';

jest.setTimeout(1_200_000);

/** Without works of its own, which would have to be taken in first. */
const NOTHING_ELSE = { ...WITH_ADMIN, CORPUS: 'none' };
const WORKER = { ...NOTHING_ELSE, ROLES: 'worker' };

const openDeskWithoutWorker = (space: ServiceSpace) =>
  openDesk('services', { space, environment: { ...NOTHING_ELSE, ROLES: 'api,scheduler' } });

describeWithServers('a worker process that is killed while it takes in a document', () => {
  const KILLS = 12 * thoroughness;
  /** A job over which more workers died is given up. */
  const DEATHS_A_VERSION = 6;
  /** From the first look at a file to a little after its publication. */
  const LONGEST_LIFE_MS = 1_500;
  const VERSIONS = [longText(1_500), longText(1_400).replaceAll('百日', '旬日')];

  let space: ServiceSpace;
  let desk: DocumentDesk;
  /** Two of them, so that one is there when the other dies; the one that began first comes first. */
  let workers: Promise<ServiceProcess>[];
  const startWorker = () => startServiceProcess(space, WORKER);
  beforeAll(async () => {
    space = await openSpace('services');
    // Together: a worker finishes what the scheduler of the other asks for before either is ready.
    workers = [startWorker(), startWorker()];
    desk = await openDeskWithoutWorker(space);
    await Promise.all(workers);
  });
  afterAll(async () => {
    await Promise.all(workers);
    await desk.dispose();
  });

  /** Nobody waits for the lease of the dead, and who lives may lose it to another. */
  async function passOn(): Promise<void> {
    const { knex } = desk.service.platform.database;
    const running = knex('jobs').where({ status: 'running' });
    await running.update({ lease_until: knex.raw(`now() - interval '1 second'`) });
    await desk.service.services.jobs.wakeDue();
  }

  /** Kills one of them again and again until the document is there; how often that was. */
  async function publishUnderFire(id: string, random: ReturnType<typeof createRandom>) {
    let kills = 0;
    const isOver = async () => (await desk.librarian.view(id)).document.status === 'published';
    while (kills < DEATHS_A_VERSION) {
      await sleep(random.below(LONGEST_LIFE_MS));
      if (await isOver()) break;
      await (await workers.shift())?.kill();
      kills += 1;
      workers.push(startWorker());
      await passOn();
    }
    // What Bull had handed to the dead and they had not yet taken up comes again within 40 s.
    await eventually('it is published', isOver, 120_000);
    expect(await desk.librarian.settled(id)).toMatchObject({ status: 'published', error: null });
    return kills;
  }

  /** What readers find, without the ids, which are others for each document. */
  async function left(id: string) {
    const { knex } = desk.service.platform.database;
    const { document } = await desk.librarian.view(id);
    await desk.inStep();
    const work = { work_id: document.workId };
    const texts = (table: string) => knex(table).where(work).orderBy('text').pluck('text');
    const rows = async (table: string) => Number((await knex(table).count({ n: '*' }))[0]?.n);
    return {
      report: document.report,
      version: document.version,
      chapters: await knex('chapters')
        .where(work)
        .orderBy('n')
        .select('n', 'title', 'passage_count'),
      passages: (await desk.passages(document.workId)).map(({ text }) => text),
      retired: await texts('retired_passages'),
      staged: await rows('staged_passages'),
      files: await rows('document_files'),
      works: await rows('works'),
    };
  }

  /** Both versions, one after the other. */
  async function story(random: ReturnType<typeof createRandom> | undefined) {
    let id: string | undefined;
    let kills = 0;
    for (const text of VERSIONS) {
      const file = asFile(text, '江行日录.md');
      const reply = await desk.librarian.upload(file, id === undefined ? {} : { replaces: id });
      id = reply.data(documentView, 202).document.id;
      if (random) kills += await publishUnderFire(id, random);
      else expect(await desk.librarian.settled(id)).toMatchObject({ status: 'published' });
    }
    const found = await left(id ?? '');
    await desk.clear();
    return { found, kills };
  }

  test(`leaves what an undisturbed one leaves (${KILLS} times)`, async () => {
    const undisturbed = await story(undefined);
    expect(undisturbed.found).toMatchObject({ staged: 0, files: 1, works: 1, version: 2 });
    expect(undisturbed.found.retired.length).toBeGreaterThan(0);
    const random = createRandom(20_27);
    for (let kills = 0; kills < KILLS; ) {
      const told = await story(random);
      expect(told.found).toEqual(undisturbed.found);
      kills += told.kills;
    }
  });
});

describeWithServers('a process that has not heard of a publication', () => {
  test('says that the job is done when it finds what was published', async () => {
    const space = await openSpace('services');
    const worker = await space.start(WORKER, { waitForLibrary: false });
    const desk = await openDeskWithoutWorker(space);
    worker.platform.bus.publish = async () => undefined;
    const reply = await desk.librarian.upload(asFile(gardenText()));
    const { document } = reply.data(documentView, 202);
    await desk.librarian.settled(document.id);
    expect((await desk.search('梧桐先凋'))[0]).toMatchObject({ work: '小园记' });
    await desk.dispose();
  });
});
