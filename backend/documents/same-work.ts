import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { foldText } from '../../ai/rag/folding.ts';
import type { Duplicates } from './document.ts';
import type { DocumentReport } from './parsing/parsed-document.ts';
import type { Run } from './staged.ts';

const PAGE = 1_000;

/**
 * The work of the library that says the same as what is staged from its first word to its last: however it
 * is cut into passages and chapters, punctuated, or written. Only works of as many characters are read.
 */
export async function findSameWork(
  knex: Knex,
  run: Run,
  workId: string,
  { characters, lacunae }: Pick<DocumentReport, 'characters' | 'lacunae'>,
): Promise<Duplicates['work']> {
  const alike = await knex('works')
    // Works of the corpus are counted without their lacunae.
    .whereBetween('character_count', [characters - lacunae.count, characters])
    .whereNot({ id: workId })
    .orderBy('position')
    .select('id', 'title');
  if (alike.length === 0) return null;
  const staged = await digestOf((after) => stagedAfter(knex, run, after));
  for (const { id, title } of alike) {
    if ((await digestOf((after) => publishedAfter(knex, id, after))) === staged) {
      return { workId: id, title };
    }
  }
  return null;
}

type Place = readonly [number, number];
interface Placed {
  place: Place;
  text: string;
}

/** Of all texts in order, folded, as if they were one. */
async function digestOf(pageAfter: (place: Place) => Promise<Placed[]>): Promise<string> {
  const hash = createHash('sha256');
  let after: Place = [0, 0];
  for (;;) {
    const page = await pageAfter(after);
    for (const { text } of page) hash.update(foldText(text));
    const last = page.at(-1);
    if (!last) return hash.digest('hex');
    after = last.place;
  }
}

async function stagedAfter(knex: Knex, run: Run, [, after]: Place): Promise<Placed[]> {
  const rows = await knex('staged_passages')
    .where({ document_id: run.documentId, version: run.version })
    .where('place', '>', after)
    .orderBy('place')
    .limit(PAGE)
    .select('place', 'text');
  return rows.map(({ place, text }) => ({ place: [0, place], text }));
}

async function publishedAfter(knex: Knex, workId: string, after: Place): Promise<Placed[]> {
  const rows = await knex('passages')
    .join('chapters', 'chapters.id', 'chapter_id')
    .where({ 'passages.work_id': workId })
    .whereRaw('(chapters.n, passages.n) > (?, ?)', [...after])
    .orderBy(['chapters.n', 'passages.n'])
    .limit(PAGE)
    .select('chapters.n as chapter', 'passages.n', 'text');
  return rows.map(({ chapter, n, text }) => ({ place: [chapter, n], text }));
}
