import type { Form } from '../../../source-work.ts';
import { NAME_ROLES, type NameRole } from '../record-keys.ts';

export interface TextPair {
  text: string;
  translation: string | null;
}

/** An object while it is read. */
export interface JsonRecord {
  names: Partial<Record<NameRole, string>>;
  author: string | null;
  dynasty: string | null;
  form: Form | null;
  texts: string[];
  translations: string[];
  source: string[];
  target: string[];
  /** Texts of nameless objects in it, each with its translation. */
  pairs: TextPair[];
  /** The first text of all that was handed on. */
  opening: string;
  /** Characters of all of these. */
  size: number;
  /** Whether its chapter has begun. */
  announced: boolean;
  /** Whether other records stand in it. */
  outer: boolean;
  /** Whether its text came as a list: then it is a poem or a chapter, not a row of a table. */
  listed: boolean;
  /** Whether a key of its own says what its text is. */
  hasText: boolean;
  /** Lists under keys that are no known ones: chapters by their titles, unless it has a text. */
  chapters: JsonRecord[];
}

export function createJsonRecord(names: JsonRecord['names'] = {}): JsonRecord {
  return {
    names,
    author: null,
    dynasty: null,
    form: null,
    texts: [],
    translations: [],
    source: [],
    target: [],
    pairs: [],
    opening: '',
    size: 0,
    announced: false,
    outer: false,
    listed: false,
    hasText: false,
    chapters: [],
  };
}

/** Its names, a tune with the first words of the song where that is all it is called by. */
export function namesOf(record: JsonRecord): string[] {
  const { names } = record;
  const parts = NAME_ROLES.map((role) => names[role] ?? '');
  if (names.tune && !names.title) parts.push(firstClause(record.opening));
  return parts.filter((part) => part !== '');
}

function firstClause(text: string): string {
  return /^[^，。？！、；：,.\s]{1,12}/u.exec(text.trim())?.[0] ?? '';
}

const FORMS: readonly string[] = ['verse', 'primer', 'prose', 'dialogue', 'sayings'];

export function asForm(value: string): Form | null {
  return FORMS.includes(value) ? (value as Form) : null;
}

/** Whether it says nothing of itself that would set its text apart from what is around it. */
export function isNameless({ names, author, dynasty, form }: JsonRecord): boolean {
  return Object.keys(names).length === 0 && author === null && dynasty === null && form === null;
}

/** What an object without a text tells about the record that it stands in. */
export function adopt(record: JsonRecord, inner: JsonRecord, role: 'author' | 'about'): void {
  if (role === 'author') record.author ??= inner.author ?? inner.names.title ?? null;
  else {
    record.author ??= inner.author;
    record.names = { ...inner.names, ...record.names };
  }
  record.dynasty ??= inner.dynasty;
}

/** Adds the texts of a nameless object in it after its own. */
export function addPairs(record: JsonRecord, inner: JsonRecord): void {
  if (record.translations.length === 0) {
    for (const text of record.texts.splice(0)) record.pairs.push({ text, translation: null });
  }
  record.hasText = true;
  record.listed = true;
  record.size += inner.size;
  for (const pair of takePairs(inner)) record.pairs.push(pair);
}

/** Takes out its texts with their translations. */
export function takePairs(record: JsonRecord): TextPair[] {
  const { texts, translations, source, target } = record;
  const untranslated = record.pairs.every(({ translation }) => translation === null);
  if (translations.length > 0 && untranslated) {
    for (const { text } of record.pairs.splice(0)) texts.push(text);
  }
  const pairs = [...record.pairs, ...pairsOf(record)];
  for (const list of [record.pairs, texts, translations, source, target]) list.length = 0;
  record.size = 0;
  record.opening ||= pairs[0]?.text ?? '';
  return pairs;
}

/** Which belong together one by one or as a whole. */
function pairsOf(record: JsonRecord): TextPair[] {
  const paired = record.source.length > 0 && record.target.length > 0 && record.texts.length === 0;
  const texts = paired ? record.source : record.texts;
  const translations = paired ? record.target : record.translations;
  if (translations.length === 0) return texts.map((text) => ({ text, translation: null }));
  if (texts.length === translations.length) {
    return texts.map((text, index) => ({ text, translation: translations[index] ?? null }));
  }
  if (texts.length === 0) return [];
  return [{ text: texts.join('\n'), translation: translations.join('\n') }];
}
