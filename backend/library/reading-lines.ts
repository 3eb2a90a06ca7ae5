import { z } from 'zod';
import type { ErrorDetail } from '../errors.ts';
import { invalidInput, toDetails } from '../http/failure.ts';
import { inChinese } from '../http/fault-wording.ts';
import { textSchema } from '../http/text-schema.ts';
import type { StoredPassage } from './work.ts';

const LONGEST_TRANSLATION = 10_000;
const MOST_FAULTS = 20;
/** Characters of a translation for each Han character of the text; of a few words it may be anything. */
const TRANSLATION_SHARE = { least: 0.3, most: 8, from: 15 };

const short = textSchema(1, 500);
const theme = textSchema(1, 50);
const lineSchema = z
  .strictObject({
    passageId: z.uuid({ error: '必须是 UUID' }),
    textHash: z
      .string({ error: '必须是文字' })
      .regex(/^[0-9a-f]{16}$/u, { error: '必须是 16 位十六进制数字' })
      .optional(),
    madeBy: z.enum(['person', 'ai'], { error: '只能是 person 或 ai' }).default('person'),
    translation: textSchema(1, LONGEST_TRANSLATION).nullable().default(null),
    gist: textSchema(1, 200).nullable().default(null),
    themes: z
      .array(theme)
      .max(20, { error: '最多 20 条' })
      .refine((themes) => new Set(themes).size === themes.length, { error: '有重复' })
      .default([]),
    notes: z
      .array(z.strictObject({ term: short, reading: short.nullable(), meaning: short }))
      .max(100, { error: '最多 100 条' })
      .default([]),
    doubt: short.nullable().default(null),
  })
  .refine(
    ({ translation, gist, themes, notes }) =>
      translation !== null || gist !== null || themes.length + notes.length > 0,
    { error: '今译、大意、主题、注释至少要有一样' },
  );

export type ReadingLine = z.output<typeof lineSchema> & { textHash: string };

export interface ReadingLines {
  /** Of passages as they are. */
  fitting: ReadingLine[];
  /** Of passages that are not there, or have another text by now, and why. */
  aside: { passageId: string; reason: ErrorDetail }[];
}

/** All faults of all lines, by line, at most so many; a passage may come once. */
export function readLines(lines: string, passages: readonly StoredPassage[]): ReadingLines {
  const known = new Map(passages.map((passage) => [passage.id, passage]));
  const seen = new Set<string>();
  const faults: ErrorDetail[] = [];
  const [fitting, aside]: [ReadingLine[], ReadingLines['aside']] = [[], []];
  for (const [at, line] of lines.split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue;
    const path = `第 ${at + 1} 行`;
    const parsed = lineSchema.safeParse(parseJson(line), inChinese);
    if (!parsed.success) {
      faults.push(...toDetails(parsed.error, path));
      continue;
    }
    const { passageId } = parsed.data;
    if (seen.has(passageId)) faults.push({ path, message: '同一段出现了两次' });
    seen.add(passageId);
    const passage = known.get(passageId);
    const textHash = passage?.textHash ?? '';
    const message = passage ? '写给另一份原文，与书中现在的文字不符' : '这部书里没有这一段';
    if (!passage || (parsed.data.textHash ?? textHash) !== textHash) {
      aside.push({ passageId, reason: { path, message } });
      continue;
    }
    faults.push(...faultsBeside(passage.text, parsed.data, path));
    fitting.push({ ...parsed.data, textHash });
  }
  if (faults.length > 0) throw invalidInput(faults.slice(0, MOST_FAULTS));
  if (seen.size === 0) throw invalidInput([{ path: '', message: '没有一行内容' }]);
  return { fitting, aside };
}

/** What can only be seen beside the text. */
function faultsBeside(
  text: string,
  { notes, translation }: z.output<typeof lineSchema>,
  path: string,
): ErrorDetail[] {
  const faults = notes.flatMap(({ term }, n) =>
    text.includes(term) ? [] : [{ path: `${path}.notes.${n}.term`, message: '不在这一段原文里' }],
  );
  const { least, most, from } = TRANSLATION_SHARE;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const share = [...(translation ?? '')].length / han;
  if (translation !== null && han > from && (share < least || share > most)) {
    const message = share < least ? '比原文短得太多' : '比原文长得太多';
    faults.push({ path: `${path}.translation`, message });
  }
  return faults;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
