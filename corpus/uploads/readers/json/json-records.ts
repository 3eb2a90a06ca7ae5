import { chapterTitle, type ReadContext } from '../../read-context.ts';
import { isTitleLike } from '../../structure/headings.ts';
import { isNameRole, type KeyRole, roleOfKey } from '../record-keys.ts';
import {
  addPairs,
  adopt,
  asForm,
  createJsonRecord,
  isNameless,
  type JsonRecord,
  namesOf,
  takePairs,
} from './json-record.ts';
import type { JsonVisitor } from './json-walker.ts';

/** A record beyond so many characters is handed on while it is read. */
const LARGEST_RECORD = 400_000;

/** 「卷」 and 「篇」, one in the other, and whatever is around them. */
const DEEPEST_TITLE = 3;

interface Frame {
  record: JsonRecord;
  /** What an object is by its key, or by that of the list it stands in. */
  role: KeyRole | null;
  /** Null for an object. */
  list: { key: string | null; role: KeyRole | null } | null;
}

/** Finds poems, chapters and paragraphs in records of many shapes, whatever order their keys are in. */
export function createJsonRecords(context: ReadContext): JsonVisitor {
  const { sink, log } = context;
  const frames: Frame[] = [];
  const root = createJsonRecord();
  let lastKey: string | null = null;
  let lastListed = true;

  /** The records around the current one, outermost first. */
  const around = () => new Set(frames.map(({ record }) => record).filter((one) => one !== root));

  /** What stands under a key that means nothing else, in a file that is one object. */
  function titleFor(key: string | null): string | null {
    const isOne = frames.length <= DEEPEST_TITLE && frames.every(({ list }) => list === null);
    const isTitle = key !== null && roleOfKey(key) === null && /\p{Script=Han}/u.test(key);
    return isOne && isTitle && isTitleLike(key) ? key.trim() : null;
  }

  function begin(record: JsonRecord): void {
    const records = [...around().add(record)];
    // A whole file that is one record with chapters in it is the book, and its title the book's.
    const isBook = context.alone && records.length > 1 && frames[0]?.list === null;
    const parts = records.slice(isBook ? 1 : 0).flatMap(namesOf);
    const author = nearest(records, ({ author }) => author);
    const dynasty = nearest(records, ({ dynasty }) => dynasty);
    const key = [...parts, author ?? ''].join('\u0000');
    const own = namesOf(record).length > 0;
    const goesOn = key === lastKey && (!own || !(record.listed || lastListed));
    if (!goesOn) {
      const form = record.form ?? (record.names.tune ? 'verse' : null);
      sink.chapter({ title: chapterTitle(context, parts), author, dynasty, form });
    }
    lastKey = key;
    lastListed = record.listed;
    record.announced = true;
  }

  function handOver(record: JsonRecord): void {
    settleChapters(record);
    const untold = record.translations[0];
    const pairs = takePairs(record);
    if (pairs.length === 0) {
      if (untold !== undefined) log.note('没有原文的译文', untold);
      return;
    }
    // What stands before a record that is inside another comes before it.
    for (const outer of [root, ...around()]) {
      if (outer === record) break;
      handOver(outer);
      outer.outer = true;
    }
    if (!record.announced) begin(record);
    for (const { text, translation } of pairs) sink.paragraph(text, translation);
  }

  /** An object that is no record of its own is part of the one that it stands in. */
  function closeObject({ record, role }: Frame, outer: JsonRecord): void {
    settleChapters(record);
    const own = record.announced || record.outer;
    if (!own && !record.hasText) {
      if (role === 'author' || role === 'about') adopt(outer, record, role);
    } else if (!own && isNameless(record) && role === 'text') {
      addPairs(outer, record);
      if (outer.size > LARGEST_RECORD) handOver(outer);
    } else handOver(record);
  }

  /** It is known that lists under titles are chapters when no key says that the text is elsewhere. */
  function settleChapters(record: JsonRecord): void {
    const { chapters } = record;
    record.chapters = [];
    record.size = 0;
    for (const chapter of chapters) {
      if (!record.hasText) handOver(chapter);
      else for (const text of chapter.texts) skip(chapter.names.title ?? null, text);
    }
  }

  function keepChapter(outer: JsonRecord, chapter: JsonRecord): void {
    outer.chapters.push(chapter);
    outer.size += chapter.size;
    if (outer.size > LARGEST_RECORD) settleChapters(outer);
  }

  function addText(record: JsonRecord, list: string[], value: string, listed: boolean): void {
    list.push(value);
    record.listed ||= listed;
    record.size += value.length;
    if (record.size <= LARGEST_RECORD) return;
    for (const outer of around()) settleChapters(outer);
    handOver(record);
  }

  function take(
    record: JsonRecord,
    role: KeyRole | null,
    key: string | null,
    value: string,
    listed: boolean,
  ) {
    record.hasText ||= role === 'text' || role === 'translation' || role === 'source';
    if (role === 'text') addText(record, record.texts, value, listed);
    else if (role === 'translation') addText(record, record.translations, value, listed);
    else if (role === 'source' || role === 'target') addText(record, record[role], value, listed);
    else if (listed) skip(key, value);
    else if (isNameRole(role)) record.names[role] = value.slice(0, 200);
    else if (role === 'author') record.author = nameOrNull(value);
    else if (role === 'dynasty') record.dynasty = nameOrNull(value);
    else if (role === 'form') record.form = asForm(value);
    else skip(key, value);
  }

  function skip(key: string | null, value: string): void {
    if (/\p{Script=Han}/u.test(value))
      log.note(`未收字段「${(key ?? '').slice(0, 20)}」`, value.slice(0, 60));
  }

  const current = () => frames.at(-1)?.record ?? root;

  return {
    openObject(key) {
      const title = titleFor(key);
      const role = key === null ? (frames.at(-1)?.list?.role ?? 'text') : roleOfKey(key);
      frames.push({ record: createJsonRecord(title === null ? {} : { title }), role, list: null });
    },
    openArray(key) {
      const outer = frames.at(-1)?.list;
      const title = titleFor(key);
      if (title !== null) {
        frames.push({
          record: createJsonRecord({ title }),
          role: 'text',
          list: { key, role: 'text' },
        });
      } else {
        const role = key === null ? ('text' as const) : roleOfKey(key);
        const list = outer && key === null ? outer : { key, role };
        frames.push({ record: current(), role, list });
      }
    },
    close() {
      const frame = frames.at(-1);
      const outer = frames.at(-2)?.record ?? root;
      const isChapter = frame?.list && frames.length > 1 && frame.record !== outer;
      if (frame && !frame.list) closeObject(frame, outer);
      else if (frame?.record.announced) handOver(frame.record);
      frames.pop();
      if (frame && isChapter) keepChapter(outer, frame.record);
      if (frames.length === 0) handOver(root);
    },
    scalar(key, value) {
      const frame = frames.at(-1);
      const list = frame?.list ?? null;
      const role = list ? list.role : key === null ? 'text' : roleOfKey(key);
      if (typeof value === 'string') {
        if (value.trim() !== '')
          take(current(), role, list?.key ?? key, value.trim(), list !== null);
      } else if (typeof value === 'number' && !list && (role === 'chapter' || role === 'volume')) {
        current().names[role] = role === 'chapter' ? `第${value}章` : `卷${value}`;
      }
    },
  };
}

function nearest(
  records: readonly JsonRecord[],
  read: (record: JsonRecord) => string | null,
): string | null {
  return records.map(read).findLast((value) => value !== null) ?? null;
}

function nameOrNull(value: string): string | null {
  const name = value.trim().slice(0, 100);
  return name === '' ? null : name;
}
