import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { visit } from '../support/service-client.ts';
import {
  describeInBothModes,
  describeWithServers,
  openSpace,
  type ServiceSpace,
} from '../support/service-space.ts';
import { analects, quietNight, type SmallWork, writeCorpus } from '../support/small-corpus.ts';
import { libraryComplete, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

/** Another edition: a chapter less, a passage less, one with other words. */
const otherEdition: SmallWork = {
  ...analects,
  chapters: analects.chapters.slice(0, 2).map((chapter) => ({
    ...chapter,
    paragraphs: chapter.paragraphs
      .filter((text) => !text.includes('温故而知新'))
      .map((text) => text.replace('不亦乐乎', '不亦樂哉')),
  })),
};

async function passagesIn({ platform }: RunningService): Promise<Map<string, string>> {
  const rows = await platform.database.knex('passages').orderBy('id').select('id', 'text');
  return new Map(rows.map(({ id, text }) => [id, text]));
}

async function search(service: RunningService, q: string) {
  const reply = await visit(service.url).get(`/api/library/search?q=${encodeURIComponent(q)}`);
  return reply.data(contract.found).items.map(({ text }) => text);
}

/** The texts are in the database, in the index of this process and in Chroma, and nothing else is. */
async function expectInStep(service: RunningService): Promise<void> {
  const ids = [...(await passagesIn(service)).keys()];
  const { library } = service.services.published;
  expect(library.passageCount).toBe(ids.length);
  for (const id of ids) expect(library.passage(id)?.id).toBe(id);
  expect([...(await service.platform.vectorSpace.vectors.ids())].sort()).toEqual(ids);
}

async function completeAgain(service: RunningService): Promise<void> {
  await service.services.jobs.enqueue('complete-library', {});
  await libraryComplete(service);
}

describeInBothModes('the library of a program that is started again', (mode) => {
  let space: ServiceSpace;
  beforeEach(async () => {
    space = await openSpace(mode);
  });
  afterEach(() => space.dispose());

  test('is left alone when nothing changed', async () => {
    const first = await space.start();
    const before = await passagesIn(first);
    expect(before.size).toBeGreaterThan(9);
    const touched = () => first.platform.database.knex('works').max({ last: 'updated_at' });
    const changedAt = await touched();
    await completeAgain(first);
    expect(await touched()).toEqual(changedAt);
    await first.stop();
    const second = await space.start();
    const { knex } = second.platform.database;
    expect(await knex('works').max({ last: 'updated_at' })).toEqual(changedAt);
    expect(await passagesIn(second)).toEqual(before);
    await expectInStep(second);
  });

  test('takes a changed text whole: nothing of the old one is found any more', async () => {
    const first = await space.start();
    const before = await passagesIn(first);
    expect((await search(first, '温故而知新'))[0]).toContain('温故而知新');
    await first.stop();
    await writeCorpus(space.corpus, [otherEdition]);
    const second = await space.start();
    const after = await passagesIn(second);
    expect(after.size).toBe(before.size - 3);
    await expectInStep(second);
    for (const text of await search(second, '温故而知新')) expect(text).not.toContain('温故');
    const gone = [...before].find(([, text]) => text.includes('温故而知新'))?.[0];
    // Old answers cite it still.
    const reply = await visit(second.url).get(`/api/library/passages/${gone}`);
    expect(reply.data(contract.passageReading)).toMatchObject({
      ...{ previous: null, next: null, passage: { retired: true, text: before.get(gone ?? '') } },
    });
    const [checked] = await second.services.library.verifyQuotes(['温故而知新']);
    expect(checked?.verdict).toBe('unknown');
    // What did not change keeps its id; 樂 for 乐 and 哉 for 乎 is a change of words.
    const kept = [...before].filter(([id]) => after.has(id));
    expect(kept.length).toBe(before.size - 4);
    for (const [id, text] of kept) expect(after.get(id)).toBe(text);
  });
});

describeWithServers('the library while its vector database comes and goes', () => {
  let space: ServiceSpace;
  beforeEach(async () => {
    space = await openSpace('services');
  });
  afterEach(() => space.dispose());

  test('a text that changed meanwhile is found at once, and leaves no orphan later', async () => {
    const { proxy, environment } = await space.behindProxy('CHROMA_URL');
    await (await space.start(environment)).stop();
    await writeCorpus(space.corpus, [otherEdition]);
    await proxy.cut();
    const service = await space.start(environment, { waitForLibrary: false });
    const { ingestion, published } = service.services;
    await eventually(
      'the texts are published',
      async () => (await ingestion.progress()).state === 'complete',
    );
    await published.refresh();
    expect((await search(service, '有朋自远方来'))[0]).toContain('不亦樂哉');
    await proxy.restore();
    await completeAgain(service);
    await expectInStep(service);
  });

  test('vectors that are lost are computed again', async () => {
    const service = await space.start();
    const { vectors } = service.platform.vectorSpace;
    await vectors.delete([...(await vectors.ids())]);
    await completeAgain(service);
    await expectInStep(service);
    expect((await search(service, '床前明月光'))[0]).toBe(
      quietNight.chapters[0]?.paragraphs.join('\n'),
    );
  });
});
