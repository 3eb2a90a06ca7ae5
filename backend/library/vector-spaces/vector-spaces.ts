import type { ScoredId } from '../../../ai/rag/fusion.ts';
import { type AroundStage, unwatched } from '../../../ai/stages.ts';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { MessageBus } from '../../platform/bus/message-bus.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { VectorSpace } from '../../platform/platform.ts';
import type { LibraryStore } from '../library-store.ts';
import { type Finding, isGoodEnough, knownItem, passOrFail, recallOf } from './recall-check.ts';
import { recordOf, type VectorSpaceRecord } from './vector-space.ts';
import type { VectorSpaceStore } from './vector-space-store.ts';

const CHANNEL = 'vector-spaces-changed';
const COMPARE_EVERY_MS = 60_000;
/** With so many, chance moves recall by some hundredths. */
const SAMPLE = 200;

interface SpaceStores {
  vectorSpaces: VectorSpaceStore;
}

export interface VectorSpaces {
  /** Nearest first, in the active space. Rejects where that cannot be asked. */
  nearest(question: string, k: number): Promise<ScoredId[]>;
  /** Those that hold or are to hold every passage: the active one and one being built. */
  filled(): readonly VectorSpace[];
  /** Whether a space is to be filled, by this process or by one that can reach its model. */
  isToBeFilled(name: string): Promise<boolean>;
  refresh(): Promise<void>;
  list(): Promise<(VectorSpaceRecord & { embeddedWorks: number })[]>;
  /** Checks a space that has become whole, and lets it take over or refuses it. */
  settle(): Promise<void>;
  /**
   * By an admin: at once if it holds every work and passes the check, which `force` leaves out;
   * otherwise it is filled first. 409 for one that finds worse than the active one.
   */
  activate(id: string, force: boolean): Promise<void>;
  /** By an admin: the vectors of a space that is not in use. */
  delete(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface VectorSpacesParts {
  /** As the configuration wants it. */
  wanted: VectorSpace;
  /** A space of another time; `undefined` where this configuration cannot reach its model. */
  openFormer: (record: VectorSpaceRecord) => Promise<VectorSpace | undefined>;
  stores: SpaceStores;
  transact: Transact<SpaceStores>;
  library: Pick<LibraryStore, 'totals' | 'sample'>;
  bus: MessageBus;
  around?: AroundStage | undefined;
  logger: Logger;
}

export async function openVectorSpaces(parts: VectorSpacesParts): Promise<VectorSpaces> {
  const { wanted, stores, transact, library, bus, logger, around = unwatched } = parts;
  const opened = createOpenedSpaces(parts);
  let active: VectorSpace | undefined;
  let building: VectorSpace | undefined;
  await beginWith(parts, opened);

  async function refresh(): Promise<void> {
    const records = await stores.vectorSpaces.ofPlace(wanted.place);
    const inState = (state: string) => records.find((record) => record.state === state);
    active = await opened.open(inState('active'));
    building = await opened.open(inState('building'));
  }

  async function announce(): Promise<void> {
    await refresh();
    await bus.publish(CHANNEL, null).catch((error: unknown) => {
      logger.warn({ err: error }, 'change of the vector space not announced');
    });
  }

  async function takeOver(space: { name: string; place: string }, former: 'retired' | 'refused') {
    await transact(({ vectorSpaces }) => vectorSpaces.activate(space, former));
    await announce();
  }

  async function recordOrFail(id: string): Promise<VectorSpaceRecord> {
    const record = await stores.vectorSpaces.byId(id);
    if (record?.place === wanted.place) return record;
    throw new AppError(404, 'not_found', '没有这个向量空间。');
  }

  async function isWhole({ name }: { name: string }): Promise<boolean> {
    const { works } = await library.totals();
    return (await stores.vectorSpaces.embeddedWorks(name)) >= works;
  }

  /** Both figures are kept, whatever comes of it. */
  async function check(space: VectorSpace): Promise<Finding> {
    const items = (await library.sample(SAMPLE)).map(knownItem);
    const recall = await recallOf(space, items);
    const activeRecall = active ? await recallOf(active, items) : 0;
    await stores.vectorSpaces.noteRecall(space.name, recall, activeRecall);
    return { space: space.name, recall, activeRecall, sample: items.length };
  }

  const refreshQuietly = () => {
    refresh().catch((error: unknown) => logger.warn({ err: error }, 'vector spaces not refreshed'));
  };
  await refresh();
  const unsubscribe = await bus.subscribe(CHANNEL, refreshQuietly);
  const timer = setInterval(refreshQuietly, COMPARE_EVERY_MS);
  timer.unref();

  return {
    refresh,
    async isToBeFilled(name) {
      const records = await stores.vectorSpaces.ofPlace(wanted.place);
      const state = records.find((record) => record.name === name)?.state;
      return state === 'active' || state === 'building';
    },
    filled: () => [active, building].filter((space) => space !== undefined),
    async nearest(question, k) {
      if (!active) throw new Error('the model of the active vector space cannot be reached');
      const { embeddings, vectors } = active;
      const vector = await around('embed', () => embeddings.embedQuery(question));
      const hits = await around('nearest', () => vectors.query(vector, k));
      return hits.map(({ id, similarity }) => ({ id, score: similarity }));
    },
    async list() {
      const records = await stores.vectorSpaces.ofPlace(wanted.place);
      const counted = records.map(async (record) => ({
        ...record,
        embeddedWorks: await stores.vectorSpaces.embeddedWorks(record.name),
      }));
      return Promise.all(counted);
    },
    async settle() {
      await refresh();
      if (!building || !(await isWhole(building))) return;
      const found = await check(building);
      if (isGoodEnough(found)) {
        logger.info(found, 'another vector space takes over');
        await takeOver(building, 'retired');
      } else {
        logger.warn(found, 'another vector space finds worse and is refused');
        await stores.vectorSpaces.setState(building.name, 'refused');
        await announce();
      }
    },
    async activate(id, force) {
      await refresh();
      const record = await recordOrFail(id);
      if (record.state === 'active') return;
      const space = await opened.open(record);
      if (!space) throw unreachable();
      if (await isWhole(space)) {
        if (!force) await passOrFail(check(space));
        await takeOver(record, 'refused');
        return;
      }
      if (building) await stores.vectorSpaces.setState(building.name, 'refused');
      await stores.vectorSpaces.setState(record.name, 'building');
      await announce();
    },
    async delete(id) {
      const record = await recordOrFail(id);
      if (record.state === 'active' || record.state === 'building') throw inUse();
      const space = await opened.open(record);
      if (!space) throw unreachable();
      await space.vectors.drop();
      await stores.vectorSpaces.delete(record.name);
    },
    async close() {
      clearInterval(timer);
      await unsubscribe();
    },
  };
}

/** Each space is opened once; what cannot be opened is said once. */
function createOpenedSpaces({ wanted, openFormer, logger }: VectorSpacesParts) {
  const known = new Map<string, VectorSpace | undefined>([[wanted.name, wanted]]);
  return {
    async open(record: VectorSpaceRecord | undefined): Promise<VectorSpace | undefined> {
      if (!record || known.has(record.name)) return record && known.get(record.name);
      const space = await openFormer(record);
      if (!space) logger.warn({ model: record.model }, 'model of a vector space not configured');
      known.set(record.name, space);
      return space;
    },
  };
}

/** The first space is active at once; another model than before is built beside the former one. */
async function beginWith(
  { wanted, stores, transact, logger }: VectorSpacesParts,
  opened: ReturnType<typeof createOpenedSpaces>,
): Promise<void> {
  const { vectorSpaces } = stores;
  await vectorSpaces.add(recordOf(wanted, 'active'));
  const records = await vectorSpaces.ofPlace(wanted.place);
  const active = records.find(({ state }) => state === 'active');
  if (active?.name === wanted.name) return;
  if (!(await opened.open(active))) {
    await vectorSpaces.add(recordOf(wanted, 'retired'));
    await transact((inside) => inside.vectorSpaces.activate(wanted, 'retired'));
    return;
  }
  const own = records.find(({ name }) => name === wanted.name);
  if (own?.state === 'refused') {
    logger.warn({ space: wanted.name, active: active?.name }, 'configured vector space is refused');
  } else if (own) {
    await vectorSpaces.setState(wanted.name, 'building');
  } else {
    await vectorSpaces.add(recordOf(wanted, 'building'));
    logger.info({ space: wanted.name, active: active?.name }, 'another vector space is built');
  }
}

function unreachable(): AppError {
  return new AppError(409, 'conflict', '本站的设置里没有这个向量空间所用的模型。');
}

function inUse(): AppError {
  return new AppError(409, 'conflict', '这个向量空间正在使用，不能删除。');
}
