import { foldText } from './folding.ts';
import type { WeightedTerms } from './lexical-index.ts';
import { modernWords } from './modern-words.ts';
import { isBigram, termsOf } from './terms.ts';

/**
 * What a question says about asking rather than about its subject. Longest first, so that
 * 「是什么意思」 goes as a whole. Written folded (simplified, no punctuation).
 */
const ASKING = [
  '请问|请帮我|请教|麻烦|老师好|老师你好|你好|帮我找一下|帮我找|帮我|我想知道|我想问|我想找|能不能|可不可以|可以告诉我',
  '什么是|何为|何谓|啥是|是什么意思|什么意思|是啥意思|啥意思|怎么理解|如何理解|怎么翻译|怎么解释|怎么说的|怎么说|怎么讲|怎么看待|怎么看|如何看待|怎么样',
  '第一句话|第一句|前几句|头几句|开头几句|最后一句|最后几句|最后一段|第一段|开头|结尾|主要内容|主要讲了|讲了|写了什么|内容|大意|主旨|中心思想',
  '出自哪里|出自哪|出自|出处|原文出处|原文是什么|原文是|原文|原句是什么|原句|原话|哪本书|哪篇文章|哪一篇|哪篇|哪首诗|哪一首|哪首|哪句话|哪一句|哪句|那句话|那首诗|那篇',
  '是谁说的|谁说的|谁写的|是谁写的|谁的主张|谁的诗|作者是谁|作者|有哪些|有没有|是哪些|哪些|哪几种|哪几个|是哪|叫什么|称呼|是什么|有什么|什么|为什么|为何说|怎样|如何|怎么|哪个|哪里|哪儿|是不是|多少钱|吗|呢|吧',
  '有什么区别|有什么不同|有什么关系|之间的关系|的关系|关系|区别|来历|含义|道理|意思|应该|应当|对待|推荐一些|推荐|介绍一下|介绍|讲讲|说说|谈谈',
  '古人|古文里|古文|古诗里|古诗|诗句|诗里|课文|文言文|文言|名句|名言|这句话|这句|这首诗|的诗|的词|写的|说的|讲的|关于|里面|当中|提到|描写|描述|表达|主张|认为|觉得|教导|告诉我们|告诉',
]
  .flatMap((line) => line.split('|'))
  .sort((a, b) => b.length - a.length);

const ASKING_PATTERN = new RegExp(ASKING.join('|'), 'g');
/** Words of modern grammar that no passage is about. Classical particles are left to idf. */
const GRAMMAR = new Set('的了着们个这那很都也还就跟和把被让给吗呢吧啊呀嘛是在有写');
const LATIN_RUN = /^[a-z0-9]+/;

const UNIGRAM_WEIGHT = 0.6;
const CLASSICAL_WEIGHT = 0.5;

/** One thing a question is about, in any of the folded words that may stand for it. */
export type Concept = readonly string[];

export interface Question {
  /** The folded text without the words that only ask, cut at punctuation. */
  parts: readonly string[];
  concepts: readonly Concept[];
  terms: WeightedTerms;
}

export function analyseQuestion(question: string): Question {
  const parts = subjectParts(question);
  const concepts = parts.flatMap(conceptsOf);
  return { parts, concepts, terms: weightedTerms(parts, concepts) };
}

function subjectParts(question: string): string[] {
  const subject = question
    .split(/[\p{P}\p{S}\s]+/u)
    .map((part) => foldText(part).replace(ASKING_PATTERN, ' '))
    .join(' ');
  const parts = subject.split(' ').filter((part) => part !== '');
  return parts.length > 0 ? parts : [foldText(question)].filter((part) => part !== '');
}

/** Reads a part from left to right: a modern word we know, a Latin word, else single characters. */
function conceptsOf(part: string): Concept[] {
  const concepts: Concept[] = [];
  for (let rest = part; rest !== ''; ) {
    const known = modernWords.find(({ word }) => rest.startsWith(word));
    const latin = LATIN_RUN.exec(rest)?.[0];
    const taken = known?.word ?? latin ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (!GRAMMAR.has(taken)) concepts.push([taken, ...(known?.classical ?? [])]);
    rest = rest.slice(taken.length);
  }
  return concepts;
}

/**
 * For BM25: characters and pairs of the subject, with single characters counting less, and the
 * classical words that stand for its modern ones (月亮 → 月).
 */
function weightedTerms(parts: readonly string[], concepts: readonly Concept[]): WeightedTerms {
  const terms = new Map<string, number>();
  for (const term of parts.flatMap(termsOf)) {
    if (!GRAMMAR.has(term)) terms.set(term, isBigram(term) ? 1 : UNIGRAM_WEIGHT);
  }
  for (const word of concepts.flatMap(([, ...classical]) => classical)) {
    terms.set(word, Math.max(terms.get(word) ?? 0, CLASSICAL_WEIGHT));
  }
  return terms;
}
