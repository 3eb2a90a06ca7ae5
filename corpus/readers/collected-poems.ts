import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import type { DraftChapter } from '../unique-titles.ts';

const lines = z.array(z.string());
const classicSchema = z.object({
  title: z.string(),
  chapter: z.string(),
  section: z.string(),
  content: lines,
});
const songsOfChuSchema = z.object({
  title: z.string(),
  section: z.string(),
  author: z.string(),
  content: lines,
});

/** 诗经: 「国风·周南·关雎」, by nobody. */
export async function classicOfPoetry(): Promise<DraftChapter[]> {
  const records = await readPackageFile('shijing/shijing.json', z.array(classicSchema));
  return records.map(({ title, chapter, section, content }) => ({
    ...verse(`${chapter}·${section}·${title}`, content),
    dynasty: '先秦',
  }));
}

const PROSE_OF_CHU = new Set(['卜居', '渔父']);
const HAN_POETS_OF_CHU = new Set(['贾谊', '淮南小山', '东方朔', '庄忌', '王褒', '刘向', '王逸']);

/** 楚辞: 「九歌·湘夫人」, and 「离骚」 where the section is the poem. */
export async function songsOfChu(): Promise<DraftChapter[]> {
  const records = await readPackageFile('chuci/chuci.json', z.array(songsOfChuSchema));
  return records.map(({ title, section, author, content }) => ({
    ...verse(section === title ? title : `${section}·${title}`, content),
    form: PROSE_OF_CHU.has(title) ? 'prose' : 'verse',
    author,
    dynasty: HAN_POETS_OF_CHU.has(author) ? '汉' : '战国',
  }));
}

/** 曹操诗集: 「短歌行 其一」 becomes 「短歌行·其一」. */
export async function poemsOfCaoCao(): Promise<DraftChapter[]> {
  const schema = z.object({ title: z.string(), paragraphs: lines });
  const records = await readPackageFile('caocaoshiji/caocao.json', z.array(schema));
  return records.map(({ title, paragraphs }) => ({
    ...verse(title.trim().replace(/\s+/gu, '·'), paragraphs),
    author: '曹操',
    dynasty: '东汉',
  }));
}

/** Entries of 纳兰性德 that give another entry's poem over again, with misprints. */
const REPEATED_POEMS = new Set(['采桑子·梦一场', '浣溪沙·寄严荪友', '菩萨蛮·隔花才歇帘纤雨']);

/** 纳兰性德: titles as they are; a poem without one goes by its first line. */
export async function poemsOfNalan(log: IrregularityLog): Promise<DraftChapter[]> {
  const schema = z.object({ title: z.string(), para: lines, author: z.string() });
  const records = await readPackageFile('nalanxingde/纳兰性德诗集.json', z.array(schema));
  return records.flatMap(({ title, para, author }) => {
    const name = title.trim();
    if (REPEATED_POEMS.has(name)) {
      log.note('同篇重出而有误字', name);
      return [];
    }
    if (name === '') log.note('无题，以首句为题', firstClause(para));
    const chapter = verse(name === '' ? firstClause(para) : name, para);
    return [{ ...chapter, author, dynasty: '清' }];
  });
}

function verse(title: string, paragraphs: string[]): DraftChapter {
  return { title, author: null, dynasty: null, form: 'verse', paragraphs, distinctions: [] };
}

/** The first words of a poem up to a pause, by which an untitled one is known. */
export function firstClause(paragraphs: string[]): string {
  return /^[^，。！？；、：\s]+/u.exec(paragraphs[0]?.trim() ?? '')?.[0] ?? '';
}
