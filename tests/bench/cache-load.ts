import * as contract from '../support/contract-schemas.ts';
import { createRandom, type Random } from '../support/random.ts';
import { dataOf } from './asking.ts';
import { searches } from './questions.ts';

/** One kind of request, and the next of it that somebody sends. */
export interface RequestKind {
  name: string;
  next(): Asked;
}

export interface Asked {
  path: string;
  token?: string | undefined;
}

const LEARNERS = 40;
/** Of a hundred searches so many are asked by nobody else. */
const UNIQUE_OF_HUNDRED = 40;
/** Whose passages are opened from citations. */
const CITED_CHAPTERS = 100;

/** What learners read and ask, always in the same order; the popular as often as Zipf says. */
export async function openLoad(url: string, seed: number): Promise<RequestKind[]> {
  const random = createRandom(seed);
  const { workIds, chapters } = await contentsOf(url);
  const popular = shuffled(chapters, random);
  const passageIds = await passagesOf(url, popular.slice(0, CITED_CHAPTERS));
  const tokens = await learners(url);
  const queries = shuffled(searches(), random);
  const [work, chapter, passage, query] = [
    zipf(random, workIds),
    zipf(random, popular),
    zipf(random, passageIds),
    zipf(random, queries),
  ];
  let asked = 0;
  const search = () => {
    const unique = random.below(100) < UNIQUE_OF_HUNDRED ? ` ${seed} ${++asked}` : '';
    return { path: `/api/library/search?${new URLSearchParams({ q: query() + unique })}` };
  };
  return [
    { name: 'list of works', next: () => ({ path: '/api/library/works?limit=20' }) },
    { name: 'contents of a work', next: () => ({ path: `/api/library/works/${work()}` }) },
    { name: 'chapter with pinyin', next: () => ({ path: `${chapter()}?pinyin=1` }) },
    { name: 'cited passage', next: () => ({ path: `/api/library/passages/${passage()}` }) },
    { name: 'search', next: search },
    {
      name: 'profile',
      next: () => ({ path: '/api/user/profile', token: random.pick(tokens) }),
    },
    {
      name: 'prices',
      next: () => ({ path: '/api/billing/prices', token: random.pick(tokens) }),
    },
  ];
}

/** The n-th is picked 1/n times as often as the first. */
function zipf<Item>(random: Random, items: readonly Item[]): () => Item {
  const ends: number[] = [];
  items.forEach((_item, at) => void ends.push((ends.at(-1) ?? 0) + 1 / (at + 1)));
  return () => {
    const place = (random.below(1_000_000) / 1_000_000) * (ends.at(-1) ?? 0);
    const item = items[ends.findIndex((end) => place < end)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const placed = items.map((item) => ({ item, place: random.below(1_000_000) }));
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

async function contentsOf(url: string): Promise<{ workIds: string[]; chapters: string[] }> {
  const page = await fetch(`${url}/api/library/works?limit=100`);
  const works = await dataOf(page, contract.pageOf(contract.work));
  const workIds = works.items.map(({ id }) => id);
  const chapters: string[] = [];
  for (const id of workIds) {
    const path = `/api/library/works/${id}`;
    const work = await dataOf(await fetch(url + path), contract.workReading);
    chapters.push(...work.chapters.map((each) => `${path}/chapters/${each.id}`));
  }
  return { workIds, chapters };
}

async function passagesOf(url: string, chapters: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const path of chapters) {
    const { passages } = await dataOf(await fetch(url + path), contract.chapterReading);
    ids.push(...passages.slice(0, 3).map(({ id }) => id));
  }
  return ids;
}

async function learners(url: string): Promise<string[]> {
  const tokens: string[] = [];
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  while (tokens.length < LEARNERS) {
    const login = await dataOf(await fetch(`${url}/api/auth/guest`, json), contract.login);
    tokens.push(login.accessToken);
  }
  return tokens;
}
