import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hanOf, type Texts } from './retrieval-texts.ts';

/** A passage or a piece of text that was found. */
export interface Result {
  /** Of a passage in its library; a piece that no library knows has none. */
  id?: string | undefined;
  work: string;
  text: string;
}

export interface SuiteLine {
  kind: string;
  query: string;
  /** Made from readings, so only libraries without them are asked. */
  fromReadings: boolean;
  isRight(result: Result, han: string): boolean;
}

export interface Suite {
  name: string;
  lines: readonly SuiteLine[];
}

const lineSchema = z.object({
  kind: z.string().default('translation'),
  query: z.string().min(1),
  gold: z.array(z.union([z.string().min(1), z.int().nonnegative()])).min(1),
});

/** An array of JSON, or a line of it each. */
export async function readSuite(file: string, texts: Texts): Promise<Suite> {
  const content = (await readFile(file, 'utf8')).trim();
  const parsed: unknown = content.startsWith('[')
    ? JSON.parse(content)
    : content.split('\n').map((line): unknown => JSON.parse(line));
  const passages = new Map(
    texts.works.flatMap((work) => work.passages).map((passage) => [passage.id, passage]),
  );
  const lines = z.array(lineSchema).parse(parsed);
  return {
    name: path.basename(file).replace(/\.jsonl?$/, ''),
    lines: lines.map(({ kind, query, gold }) => {
      const words = gold.filter((each) => typeof each === 'string');
      const ids = gold.filter((each) => typeof each === 'number').map(String);
      const pieces = ids.flatMap((id) => passages.get(id) ?? []);
      const rights = [byWords(words), byPassage(pieces)];
      const isRight: SuiteLine['isRight'] = (...found) => rights.some((right) => right(...found));
      return { kind, query, fromReadings: false, isRight };
    }),
  };
}

/** Evenly taken from the whole. */
export function atMost(suite: Suite, limit: number): Suite {
  const { lines, name } = suite;
  if (lines.length <= limit) return suite;
  const taken = Array.from({ length: limit }, (_, n) => Math.floor((n * lines.length) / limit));
  return { name, lines: taken.flatMap((n) => lines[n] ?? []) };
}

export function byWords(words: readonly string[]): SuiteLine['isRight'] {
  const gold = words.map(hanOf);
  return (_, han) => gold.some((each) => han.includes(each));
}

/** A passage is right by its number, a piece if it holds the words of the passage and is of its work. */
function byPassage(golds: readonly { id: string; work: string; text: string }[]) {
  const expected = golds.map(({ id, work, text }) => ({ id, work, han: hanOf(text) }));
  return ({ id, work }: Result, han: string) =>
    expected.some((gold) =>
      id === undefined ? work === gold.work && han.includes(gold.han) : id === gold.id,
    );
}
