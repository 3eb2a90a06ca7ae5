import type { Knex } from 'knex';
import type { Note, Reading, ReadingOrigin, StoredReading } from './reading.ts';

export interface ReadingStore {
  /** By passage, of each part the best there is; nothing that was written for another text. */
  ofPassages(ids: readonly string[]): Promise<Map<string, Reading>>;
  /** All of one origin that is said of a work, but for the passages whose readings are `kept`. */
  replace(
    workId: string,
    origin: ReadingOrigin,
    readings: readonly StoredReading[],
    kept?: readonly string[],
  ): Promise<void>;
}

/** Whose word counts first. */
const PRECEDENCE: readonly ReadingOrigin[] = ['editorial', 'uploaded', 'document', 'machine'];
const BATCH = 500;

interface Row {
  passage_id: string;
  source: ReadingOrigin;
  translation: string | null;
  gist: string | null;
  themes: string[];
  questions: string[];
  notes: Note[];
  doubt: string | null;
}

const COLUMNS = [
  ...['passage_id', 'source', 'translation', 'gist', 'themes', 'questions', 'notes', 'doubt'],
];

export function createReadingStore(knex: Knex): ReadingStore {
  return {
    async ofPassages(ids) {
      const rows: Row[] = await knex('passage_readings')
        .join('passages', (join) =>
          join
            .on('passages.id', 'passage_id')
            .andOn('passages.text_hash', 'passage_readings.text_hash'),
        )
        .whereIn('passage_id', [...ids])
        .select(COLUMNS);
      rows.sort((a, b) => PRECEDENCE.indexOf(a.source) - PRECEDENCE.indexOf(b.source));
      const readings = new Map<string, Reading>();
      for (const { passage_id: id, source, ...row } of rows) {
        const better = readings.get(id);
        const reading = { ...row, source: source === 'uploaded' ? 'document' : source };
        readings.set(id, better ? join(better, reading) : reading);
      }
      return readings;
    },
    async replace(workId, origin, readings, kept = []) {
      await knex('passage_readings')
        .where({ work_id: workId, source: origin })
        .whereRaw('not passage_id = any(?::uuid[])', [[...kept]])
        .delete();
      for (let start = 0; start < readings.length; start += BATCH) {
        const batch = readings.slice(start, start + BATCH);
        await knex('passage_readings').insert(batch.map((reading) => toRow(reading, origin)));
      }
    },
  };
}

/** What is there already counts more; whatever one may search by counts all. */
function join(better: Reading, worse: Reading): Reading {
  const translates = better.translation === null && worse.translation !== null;
  return {
    source: translates ? worse.source : better.source,
    translation: better.translation ?? worse.translation,
    gist: better.gist ?? worse.gist,
    themes: [...new Set([...better.themes, ...worse.themes])],
    questions: [...new Set([...better.questions, ...worse.questions])],
    notes: better.notes.length > 0 ? better.notes : worse.notes,
    doubt: translates ? worse.doubt : better.doubt,
  };
}

function toRow(reading: StoredReading, origin: ReadingOrigin): Record<string, unknown> {
  const { passageId, workId, textHash, translation, gist, themes, questions, notes } = reading;
  return {
    ...{ source: origin, translation, gist },
    ...{ passage_id: passageId, work_id: workId, text_hash: textHash },
    themes: JSON.stringify(themes),
    questions: JSON.stringify(questions),
    notes: JSON.stringify(notes),
    doubt: reading.doubt,
  };
}
