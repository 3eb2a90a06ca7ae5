import { finishChapters } from './finish-chapters.ts';
import { INTRODUCTIONS } from './introductions.ts';
import { createIrregularityLog, type IrregularityLog } from './irregularities.ts';
import { poemsOfThousandMasters, tangPoems } from './readers/anthologies.ts';
import {
  type ChapterDefaults,
  chapterList,
  chaptersOfContent,
  chaptersOfVolumes,
  singleText,
} from './readers/chapters.ts';
import {
  classicOfPoetry,
  poemsOfCaoCao,
  poemsOfNalan,
  songsOfChu,
} from './readers/collected-poems.ts';
import { finestEssays } from './readers/essays.ts';
import { primerOfCharacters } from './readers/glossary.ts';
import { dreamShadows } from './readers/jottings.ts';
import { songLyrics } from './readers/song-lyrics.ts';
import { readReadings } from './readings.ts';
import type { Form, SourceWork, WorkSource } from './source-work.ts';
import type { DraftChapter } from './unique-titles.ts';

type WorkReader = (log: IrregularityLog, workTitle: string) => Promise<DraftChapter[]>;
type Description = Omit<SourceWork, 'chapters' | 'irregularities'>;

/** The works a fresh installation comes with, all from the package `chinese-poetry` (MIT). */
export function defaultWorks(): WorkSource[] {
  return [...fourBooks(), ...poetry(), ...prose(), ...primers(), ...wordBooks()];
}

function fourBooks(): WorkSource[] {
  return [
    work(
      describe(
        'lunyu',
        '论语',
        '四书',
        '孔子弟子及再传弟子',
        '春秋',
        '孔子 夫子 子曰 孔门 四书 論語',
      ),
      chapterList('lunyu/lunyu.json', by('sayings', null, '春秋')),
    ),
    work(
      describe('mengzi', '孟子', '四书', '孟子', '战国', '孟轲 亚圣 四书'),
      chapterList('sishuwujing/mengzi.json', by('dialogue', '孟子', '战国')),
    ),
    work(
      describe('daxue', '大学', '四书', '曾子', '战国', '大學 四书 三纲领 八条目'),
      singleText('sishuwujing/daxue.json', by('sayings', '曾子', '战国')),
    ),
    work(
      describe('zhongyong', '中庸', '四书', '子思', '战国', '四书 中庸之道'),
      singleText('sishuwujing/zhongyong.json', by('sayings', '子思', '战国')),
    ),
  ];
}

function poetry(): WorkSource[] {
  return [
    work(
      describe('shijing', '诗经', '诗', null, '先秦', '詩經 诗三百 毛诗 国风 小雅 大雅'),
      classicOfPoetry,
    ),
    work(
      describe('chuci', '楚辞', '诗', null, '战国', '楚辭 屈原 屈子 宋玉 离骚 九歌 天问'),
      songsOfChu,
    ),
    work(
      describe('caocao', '曹操诗集', '诗', '曹操', '东汉', '曹孟德 魏武帝 曹操詩集'),
      poemsOfCaoCao,
    ),
    work(
      describe('tangshi-300', '唐诗三百首', '诗', '蘅塘退士', '清', '唐詩三百首 唐诗'),
      tangPoems,
    ),
    work(
      describe('qianjiashi', '千家诗', '诗', '谢枋得、王相', '宋', '千家詩'),
      poemsOfThousandMasters,
    ),
    work(
      describe(
        'songci-300',
        '宋词三百首',
        '词',
        '朱祖谋',
        '清',
        '宋詞三百首 宋词 苏轼 李清照 辛弃疾',
      ),
      songLyrics,
    ),
    work(
      describe('nalan', '纳兰性德', '词', '纳兰性德', '清', '纳兰容若 纳兰词 饮水词 納蘭性德'),
      poemsOfNalan,
    ),
  ];
}

function prose(): WorkSource[] {
  return [
    work(
      describe('guwen-guanzhi', '古文观止', '文', '吴楚材、吴调侯', '清', '古文觀止 古文'),
      finestEssays,
    ),
    work(describe('youmengying', '幽梦影', '文', '张潮', '清', '幽夢影 张心斋'), dreamShadows),
  ];
}

function primers(): WorkSource[] {
  return [
    work(
      describe('sanzijing', '三字经', '蒙学', '王应麟', '宋', '三字經'),
      singleText('mengxue/sanzijing-traditional.json', by('primer', '王应麟', '宋')),
    ),
    // After the older one, which is cited for what stands in both. The package names 王應麟 here too, and
    // has misprints, which are shown as they stand: the readings say what they should be.
    work(
      describe('sanzijing-chongding', '重订三字经', '蒙学', '章太炎', '民国', '重訂三字經 章炳麟'),
      singleText('mengxue/sanzijing-new.json', by('primer', '章太炎', '民国')),
    ),
    work(
      describe('qianziwen', '千字文', '蒙学', '周兴嗣', '南朝梁', ''),
      singleText('mengxue/qianziwen.json', by('primer', '周兴嗣', '南朝梁')),
    ),
    work(
      describe('baijiaxing', '百家姓', '蒙学', '佚名', '北宋', '姓氏'),
      singleText('mengxue/baijiaxing.json', by('primer', '佚名', '北宋')),
    ),
    work(
      describe('dizigui', '弟子规', '蒙学', '李毓秀', '清', '弟子規'),
      chaptersOfContent('mengxue/dizigui.json', by('primer', '李毓秀', '清')),
    ),
    work(
      describe('zengguang-xianwen', '增广贤文', '蒙学', '佚名', '明', '增廣賢文 昔时贤文 古今贤文'),
      chaptersOfContent('mengxue/zengguangxianwen.json', by('primer', '佚名', '明')),
    ),
    work(
      describe('youxue-qionglin', '幼学琼林', '蒙学', '程登吉', '明', '幼學瓊林 幼学须知 程允升'),
      chaptersOfVolumes('mengxue/youxueqionglin.json', by('prose', '程登吉', '明')),
    ),
    work(
      describe(
        'zhuzi-jiaxun',
        '朱子家训',
        '蒙学',
        '朱柏庐',
        '清',
        '朱子家訓 治家格言 朱柏廬 朱用纯',
      ),
      singleText('mengxue/zhuzijiaxun.json', by('primer', '朱柏庐', '清')),
    ),
  ];
}

function wordBooks(): WorkSource[] {
  return [
    work(
      describe('shenglv-qimeng', '声律启蒙', '蒙学', '车万育', '清', '聲律啓蒙 对韵 对仗'),
      chaptersOfVolumes('mengxue/shenglvqimeng.json', by('sayings', '车万育', '清')),
    ),
    work(
      describe('wenzi-mengqiu', '文字蒙求', '蒙学', '王筠', '清', '王菉友 象形 指事 会意 形声'),
      primerOfCharacters,
    ),
  ];
}

function describe(
  slug: string,
  title: string,
  category: string,
  author: string | null,
  dynasty: string | null,
  aliases: string,
): Description {
  const names = aliases === '' ? [] : aliases.split(' ');
  return { slug, title, category, author, dynasty, aliases: names };
}

function by(form: Form, author: string | null, dynasty: string | null): ChapterDefaults {
  return { form, author, dynasty };
}

function work(description: Description, readChapters: WorkReader): WorkSource {
  return {
    slug: description.slug,
    title: description.title,
    async read() {
      const log = createIrregularityLog();
      const chapters = finishChapters(await readChapters(log, description.title), log);
      const introduction = INTRODUCTIONS[description.slug] ?? null;
      return { ...description, introduction, chapters, irregularities: log.list() };
    },
    readings: () => readReadings(description.slug),
  };
}
