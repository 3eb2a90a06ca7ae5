import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, WITH_ADMIN } from '../support/administrator.ts';
import {
  charactersOf,
  type EmbeddingsStandIn,
  startEmbeddingsStandIn,
} from '../support/embeddings-stand-in.ts';
import { eventually } from '../support/eventually.ts';
import { createRandom } from '../support/random.ts';
import { visit } from '../support/service-client.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { SmallWork } from '../support/small-corpus.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(120_000);

const listed = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      model: z.string(),
      state: z.string(),
      recall: z.number().nullable(),
      activeRecall: z.number().nullable(),
      embeddedWorks: z.int(),
      works: z.int(),
    }),
  ),
});
const PATH = '/api/admin/library/vector-spaces';

/** So many passages that finding the right one among the first ten is no accident. */
function manySayings(): SmallWork {
  const random = createRandom(11);
  const characters = [
    ...'天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜',
  ];
  const paragraphs = Array.from({ length: 120 }, () => `${random.text(characters, 24)}。`);
  return {
    ...{ slug: 'sayings', title: '千语', author: null, dynasty: null, category: '试', aliases: [] },
    chapters: [{ title: '上篇', form: 'sayings', paragraphs }],
  };
}

describeWithServers('another embedding', () => {
  let space: ServiceSpace;
  let good: EmbeddingsStandIn;
  let poor: EmbeddingsStandIn;
  beforeAll(async () => {
    good = await startEmbeddingsStandIn({ dimension: 256, embed: charactersOf });
    poor = await startEmbeddingsStandIn();
  });
  beforeEach(async () => {
    space = await openSpace('services', { works: [manySayings()] });
  });
  afterEach(() => space.dispose());
  afterAll(async () => {
    await good.close();
    await poor.close();
  });

  const settings = (standIn: EmbeddingsStandIn, model: string) => ({
    EMBEDDING_PROVIDER: 'openai',
    EMBEDDING_BASE_URL: standIn.url,
    EMBEDDING_API_KEY: 'sk-test',
    EMBEDDING_MODEL: model,
  });

  async function statesOf(service: RunningService): Promise<Record<string, string>> {
    const admin = await asAdmin(service.url);
    const { items } = (await admin.get(PATH)).data(listed);
    return Object.fromEntries(items.map(({ model, state }) => [model, state]));
  }

  async function completeAgain({ services }: RunningService): Promise<void> {
    // One at a time: what waits would keep the next start busy.
    await services.jobs.enqueue('complete-library', {}, { dedupeKey: 'settling' });
  }

  async function settlesAs(service: RunningService, model: string, state: string): Promise<void> {
    await eventually(
      `${model} is ${state}`,
      async () => {
        await completeAgain(service);
        return (await statesOf(service))[model] === state;
      },
      30_000,
    );
  }

  test('is built beside the old one, takes over in every process, and can be gone back from', async () => {
    const first = await space.start(WITH_ADMIN);
    const local = Object.keys(await statesOf(first))[0] ?? '';
    expect(await statesOf(first)).toEqual({ [local]: 'active' });
    const second = await space.start(
      { ...WITH_ADMIN, ...settings(good, 'characters') },
      { waitForLibrary: false },
    );
    await settlesAs(second, 'characters', 'active');
    expect(await statesOf(first)).toEqual({ [local]: 'retired', characters: 'active' });

    const admin = await asAdmin(second.url);
    const { items } = (await admin.get(PATH)).data(listed);
    const taken = items.find(({ model }) => model === 'characters');
    expect(taken).toMatchObject({ embeddedWorks: 1, works: 1 });
    expect(taken?.recall).toBeGreaterThan(0.9);
    expect(taken?.activeRecall).toBeGreaterThan(0);
    const asked = good.requests.length;
    await visit(second.url).get(`/api/library/search?q=${encodeURIComponent('天地玄黄')}`);
    expect(good.requests.length).toBeGreaterThan(asked);

    const former = items.find(({ model }) => model === local);
    await admin.post(`${PATH}/${former?.id}/activate`, { force: true });
    expect(await statesOf(second)).toEqual({ [local]: 'active', characters: 'refused' });
    await eventually('the other process has gone back too', async () => {
      const before = good.requests.length;
      await visit(second.url).get(`/api/library/search?q=${encodeURIComponent(`${before}盈昃`)}`);
      return good.requests.length === before;
    });
    expect((await admin.call('DELETE', `${PATH}/${former?.id}`)).failure().error).toBe('conflict');
    const left = (await admin.call('DELETE', `${PATH}/${taken?.id}`)).data(listed).items;
    expect(left.map(({ model }) => model)).toEqual([local]);
    expect(await second.platform.vectorSpace.vectors.count()).toBe(0);
  });

  test('that finds worse is refused, and questions go on being compared in the old one', async () => {
    await (await space.start(WITH_ADMIN)).stop();
    const service = await space.start({ ...WITH_ADMIN, ...settings(poor, 'lengths') });
    await settlesAs(service, 'lengths', 'refused');
    const [local] = Object.entries(await statesOf(service)).find(
      ([, state]) => state === 'active',
    ) ?? [''];
    expect(local).not.toBe('lengths');
    const admin = await asAdmin(service.url);
    const { items } = (await admin.get(PATH)).data(listed);
    const refused = items.find(({ model }) => model === 'lengths');
    expect(refused?.recall).toBeLessThan(refused?.activeRecall ?? 0);
    await service.stop();
    const again = await space.start({ ...WITH_ADMIN, ...settings(poor, 'lengths') });
    expect(await statesOf(again)).toEqual({ [local]: 'active', lengths: 'refused' });

    const anew = await asAdmin(again.url);
    const activate = (body?: object) => anew.post(`${PATH}/${refused?.id}/activate`, body);
    expect((await activate()).failure()).toMatchObject({
      ...{ status: 409, error: 'conflict', message: expect.stringContaining('不如在用的') },
    });
    expect(await statesOf(again)).toEqual({ [local]: 'active', lengths: 'refused' });
    expect((await activate({ force: true })).status).toBe(200);
    expect(await statesOf(again)).toEqual({ [local]: 'refused', lengths: 'active' });
  });
});
