import { readdir } from 'node:fs/promises';
import { checkQuote } from '../../ai/quotes.ts';
import { WITH_ADMIN } from './administrator.ts';
import * as contract from './contract-schemas.ts';
import { asLibrarian, documentPage, type Librarian } from './documents.ts';
import { eventually } from './eventually.ts';
import { visit } from './service-client.ts';
import { type Mode, openSpace, type ServiceSpace } from './service-space.ts';
import { errorsIn, type RunningService } from './start-service.ts';

const PARAGRAPHS = {
  春卷: [
    '余居城南，有园三亩，种梅一株，竹数十竿，春来则鸟鸣其上。',
    '园中有池，池畔有石，石上可坐二三人，与客饮茶论古，不知日之将夕。',
  ],
  秋卷: [
    '秋风既至，梧桐先凋，园丁扫叶煮酒，主人倚栏读离骚。',
    '客曰：园虽小而天地在焉。主人笑而不答，但指池中云影。',
  ],
};

/** A text that stands in no library, of two chapters. */
export function gardenText(chapters: Record<string, string[]> = PARAGRAPHS): string {
  const parts = Object.entries(chapters).map(([title, texts]) => [`## ${title}`, ...texts]);
  return ['# 小园记', ...parts.flat()].join('\n\n');
}

export const garden = PARAGRAPHS;

const NUMERALS = [...'〇一二三四五六七八九'];
const inHan = (n: number) => [...String(n)].map((digit) => NUMERALS[Number(digit)]).join('');

/** One that keeps its readers busy for a while; no two of its lines are the same. */
export function longText(lines: number, mark = '舟'): string {
  const line = (n: number) =>
    `第${inHan(n)}日，${mark}行${inHan(n * 7 + 3)}里，泊于${inHan(n + 11)}滩下，夜闻渔歌${inHan(n * 3)}声，记其事如左。`;
  const chapters = Array.from({ length: Math.ceil(lines / 50) }, (_, chapter) => [
    `## 卷${inHan(chapter + 1)}`,
    ...Array.from({ length: Math.min(50, lines - chapter * 50) }, (__, n) =>
      line(chapter * 50 + n),
    ),
  ]);
  return ['# 江行日录', ...chapters.flat()].join('\n\n');
}

export const asFile = (text: string, name = '小园记.md') => ({ name, text });

/** A service whose administrator takes in texts, and ways to see what becomes of them. */
export interface DocumentDesk {
  space: ServiceSpace;
  service: RunningService;
  librarian: Librarian;
  path(id: string, more?: string): string;
  delete(id: string): Promise<void>;
  search(q: string): Promise<{ passageId: string; work: string; chapter: string; text: string }[]>;
  verdictOn(quote: string): string | undefined;
  passages(workId: string | null): Promise<{ id: string; text: string }[]>;
  /** Everything the database knows and Chroma and the process hold of the library are the same. */
  inStep(): Promise<void>;
  /** Deletes all documents; expects that not a row, a vector or a word is left of any. */
  clear(): Promise<void>;
  dispose(): Promise<void>;
}

const TABLES = [
  ...['documents', 'document_versions', 'document_files', 'document_file_chunks'],
  ...['document_aliases', 'staged_chapters', 'staged_passages'],
  ...['retired_passages', 'passage_readings'],
];

export async function openDesk(
  mode: Mode,
  opened?: { space: ServiceSpace; environment: Record<string, string> },
): Promise<DocumentDesk> {
  const space = opened?.space ?? (await openSpace(mode));
  const service = await space.start({ ...WITH_ADMIN, ...opened?.environment });
  const librarian = await asLibrarian(service.url);
  const { knex } = service.platform.database;
  const { library } = service.services.published;
  const path = (id: string, more = '') => `/api/admin/documents/${id}${more}`;
  const ofDatabase = async () => (await knex('passages').select('id')).map(({ id }) => id).sort();
  const inChroma = async () => {
    const ids = await service.platform.vectorSpace.vectors.ids().catch(() => []);
    return [...ids].sort();
  };

  async function inStep(): Promise<void> {
    const ids = await ofDatabase();
    expect(library.passageCount).toBe(ids.length);
    for (const id of ids) expect(library.passage(id)?.id).toBe(id);
    const alike = async () => JSON.stringify(await inChroma()) === JSON.stringify(ids);
    await eventually('Chroma has what the database has', alike, 30_000);
  }

  const desk: DocumentDesk = {
    ...{ space, service, librarian, path, inStep },
    async delete(id) {
      const reply = await librarian.call('DELETE', path(id));
      expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
    },
    async search(q) {
      const reply = await visit(service.url).get(
        `/api/library/search?q=${encodeURIComponent(q)}&limit=5`,
      );
      return reply.data(contract.found).items;
    },
    verdictOn: (quote) => checkQuote(quote, library).verdict,
    passages: (workId) =>
      knex('passages')
        .join('chapters', 'chapters.id', 'chapter_id')
        .where({ 'passages.work_id': workId })
        .orderBy(['chapters.n', 'passages.n'])
        .select('passages.id', 'text'),
    async clear() {
      for (const status of ['', '&status=preview']) {
        const list = await librarian.get(`/api/admin/documents?limit=100${status}`);
        for (const { id } of list.data(documentPage).items) await desk.delete(id);
      }
      await eventually('the files on disk are gone', async () => {
        return (await readdir(service.services.spoolFolder).catch(() => [])).length === 0;
      });
      for (const table of TABLES) {
        const empty = async () => (await knex(table).select()).length === 0;
        await eventually(`nothing is left in ${table}`, empty);
      }
      expect(await knex('works').where('slug', 'like', 'document-%')).toEqual([]);
      await inStep();
    },
    async dispose() {
      await space.dispose();
      expect(errorsIn(service)).toEqual([]);
    },
  };
  return desk;
}
