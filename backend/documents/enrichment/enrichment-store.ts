import type { Knex } from 'knex';

/** A passage that no model has said anything of yet. */
export interface UnreadPassage {
  id: string;
  textHash: string;
  text: string;
  chapter: string;
  /** It came with a translation. */
  translated: boolean;
  place: PassagePlace;
}

/** Number of the chapter, number of the passage in it. */
export type PassagePlace = readonly [number, number];

export interface MachineReading {
  passageId: string;
  textHash: string;
  translation: string | null;
  questions: string[];
}

export interface EnrichmentTotals {
  passages: number;
  missing: number;
  /** Characters of the missing ones, and of those among them that are to be translated. */
  characters: number;
  toTranslate: number;
}

export interface EnrichmentStore {
  totals(workId: string): Promise<EnrichmentTotals>;
  /** In the order of the book, behind a place. */
  unread(workId: string, after: PassagePlace, limit: number): Promise<UnreadPassage[]>;
  /** Of passages that are still there with the same text; how many these were. */
  save(model: string, readings: readonly MachineReading[]): Promise<number>;
}

const WITHOUT_READING = `not exists (
  select from passage_readings read where read.passage_id = passages.id
    and read.source = 'machine' and read.text_hash = passages.text_hash)`;

const TRANSLATED = `exists (
  select from passage_readings own where own.passage_id = passages.id
    and own.source <> 'machine' and own.text_hash = passages.text_hash
    and own.translation is not null)`;

const TOTALS = `
  select count(*)::integer as passages,
    count(*) filter (where missing)::integer as missing,
    coalesce(sum(length) filter (where missing), 0)::integer as characters,
    coalesce(sum(length) filter (where missing and not translated), 0)::integer as to_translate
  from (select length(text), ${WITHOUT_READING} as missing, ${TRANSLATED} as translated
    from passages where work_id = ?) as each`;

const UNREAD = `
  select passages.id, passages.text_hash, passages.text, chapters.title as chapter,
    ${TRANSLATED} as translated, chapters.n as chapter_n, passages.n
  from passages join chapters on chapters.id = passages.chapter_id
  where passages.work_id = ? and (chapters.n, passages.n) > (?, ?) and ${WITHOUT_READING}
  order by chapters.n, passages.n limit ?`;

const SAVE = `
  insert into passage_readings as kept
    (passage_id, work_id, source, text_hash, translation, questions, model)
  select passages.id, passages.work_id, 'machine', passages.text_hash, given.translation,
    given.questions, ?
  from jsonb_to_recordset(?::jsonb) as given (
    passage_id uuid, text_hash text, translation text, questions jsonb)
  join passages on passages.id = given.passage_id and passages.text_hash = given.text_hash
  on conflict (passage_id, source) do update
    set text_hash = excluded.text_hash, translation = excluded.translation,
      questions = excluded.questions, model = excluded.model, created_at = now()`;

export function createEnrichmentStore(knex: Knex): EnrichmentStore {
  return {
    async totals(workId) {
      const { rows } = await knex.raw(TOTALS, [workId]);
      const { passages, missing, characters, to_translate: toTranslate } = rows[0];
      return { passages, missing, characters, toTranslate };
    },
    async unread(workId, [chapter, passage], limit) {
      const { rows } = await knex.raw(UNREAD, [workId, chapter, passage, limit]);
      return rows.map((row: Record<string, never>) => ({
        ...{ id: row.id, textHash: row.text_hash, text: row.text, chapter: row.chapter },
        ...{ translated: row.translated, place: [row.chapter_n, row.n] },
      }));
    },
    async save(model, readings) {
      const given = readings.map(({ passageId, textHash, translation, questions }) => ({
        ...{ passage_id: passageId, text_hash: textHash, translation, questions },
      }));
      return (await knex.raw(SAVE, [model, JSON.stringify(given)])).rowCount;
    },
  };
}
