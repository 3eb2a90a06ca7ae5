import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface SmallWork {
  slug: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string;
  aliases: string[];
  chapters: {
    title: string;
    form: 'sayings' | 'prose' | 'verse';
    paragraphs: string[];
  }[];
}

export const analects: SmallWork = {
  slug: 'lunyu',
  title: '论语',
  author: '孔子弟子及再传弟子',
  dynasty: '春秋',
  category: '四书',
  aliases: ['孔子', '子曰'],
  chapters: [
    {
      title: '学而篇',
      form: 'sayings',
      paragraphs: [
        '子曰：「学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？」',
        '曾子曰：「吾日三省吾身：为人谋而不忠乎？与朋友交而不信乎？传不习乎？」',
      ],
    },
    {
      title: '为政篇',
      form: 'sayings',
      paragraphs: [
        '子曰：「温故而知新，可以为师矣。」',
        '子曰：「学而不思则罔，思而不学则殆。」',
        '子曰：「由，诲女知之乎？知之为知之，不知为不知，是知也。」',
      ],
    },
    {
      title: '里仁篇',
      form: 'sayings',
      paragraphs: ['子曰：「见贤思齐焉，见不贤而内自省也。」', '子曰：「德不孤，必有邻。」'],
    },
  ],
};

export const greatLearning: SmallWork = {
  slug: 'daxue',
  title: '大学',
  author: '曾子',
  dynasty: '春秋',
  category: '四书',
  aliases: ['四书'],
  chapters: [
    {
      title: '经一章',
      form: 'sayings',
      paragraphs: [
        '大学之道，在明明德，在亲民，在止于至善。',
        '物有本末，事有终始，知所先后，则近道矣。',
      ],
    },
  ],
};

export const quietNight: SmallWork = {
  slug: 'libai',
  title: '李白诗选',
  author: '李白',
  dynasty: '唐',
  category: '诗',
  aliases: ['李太白'],
  chapters: [
    {
      title: '静夜思',
      form: 'verse',
      paragraphs: ['床前明月光，疑是地上霜。', '举头望明月，低头思故乡。'],
    },
    {
      title: '早发白帝城',
      form: 'verse',
      paragraphs: ['朝辞白帝彩云间，千里江陵一日还。', '两岸猿声啼不住，轻舟已过万重山。'],
    },
  ],
};

export const smallWorks = [analects, greatLearning, quietNight];

/** Writes works as a CORPUS folder; works already there are written over. */
export async function writeCorpus(folder: string, works: readonly SmallWork[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const work of works) {
    await writeFile(path.join(folder, `${work.slug}.json`), JSON.stringify(work));
  }
}
