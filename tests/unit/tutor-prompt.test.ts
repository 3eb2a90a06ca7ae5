import { EXPLAIN_HEADINGS } from '../../ai/prompts/modes/explain.ts';
import { RULES } from '../../ai/prompts/rules.ts';
import {
  NO_PASSAGES,
  systemPrompt,
  tutorPrompt,
  writePassages,
} from '../../ai/prompts/tutor-prompt.ts';
import { TUTOR_MODES } from '../../ai/tutor-mode.ts';
import { jingYeSi, weiZheng } from '../support/passages.ts';

const cited = [weiZheng, jingYeSi].map((passage, index) => ({ n: index + 1, passage, score: 1 }));

function write(question: string, passages = writePassages(cited)) {
  return tutorPrompt.formatMessages({ rules: systemPrompt('qa'), history: [], question, passages });
}

describe('the prompt', () => {
  it('begins with rules that are the same for all questions of a mode', async () => {
    const [one, other] = [await write('学而'), await write('明月', NO_PASSAGES)];
    expect(one[0]?.text).toBe(systemPrompt('qa'));
    expect(other[0]?.text).toBe(one[0]?.text);
    expect(new Set(TUTOR_MODES.map(systemPrompt)).size).toBe(TUTOR_MODES.length);
    for (const mode of TUTOR_MODES) {
      expect(systemPrompt(mode).startsWith(RULES)).toBe(true);
      expect(systemPrompt(mode).length).toBeGreaterThan(RULES.length);
    }
    for (const rule of ['绝不编造出处', '一概不理会', '孩子', '【追问】', '不用表格'])
      expect(RULES).toContain(rule);
  });

  it('ends with the question and, after it, the passages', async () => {
    const last = (await write('学而不思则罔怎么讲')).at(-1);
    expect(last?.type).toBe('human');
    const [question, passages] = ['学而不思则罔怎么讲', '[1] 《论语·为政篇》'].map(
      (words) => last?.text.indexOf(words) ?? -1,
    );
    expect(question).toBeGreaterThan(0);
    expect(passages).toBeGreaterThan(question ?? 0);
    expect(last?.text.endsWith(jingYeSi.text)).toBe(true);
  });

  it('does not interpret a question or a passage that looks like a template', async () => {
    const odd = '{rules} {x} {{y}} {% if %} {"a": 1} }{ \\n $& $1';
    const messages = await write(
      odd,
      writePassages([
        { ...cited[0], n: 1, score: 1, passage: { ...weiZheng, text: `${odd}{passages}` } },
      ]),
    );
    expect(messages.at(-1)?.text).toContain(`学生的问题：\n${odd}\n\n`);
    expect(messages.at(-1)?.text).toContain(`${odd}{passages}`);
    expect(messages[0]?.text).toBe(systemPrompt('qa'));
  });

  it('numbers passages and names their place, and says when there are none', () => {
    expect(writePassages(cited)).toBe(
      `[1] 《论语·为政篇》\n${weiZheng.text}\n\n[2] 《李白诗选·静夜思》（唐·李白）\n${jingYeSi.text}`,
    );
    expect(writePassages([])).toBe(NO_PASSAGES);
  });
});

describe('the rules of a mode', () => {
  it('explaining names its headings in their order', () => {
    const rules = systemPrompt('explain');
    const at = EXPLAIN_HEADINGS.map((heading) => rules.indexOf(`- ${heading}：`));
    expect(Math.min(...at)).toBeGreaterThan(0);
    expect(at).toEqual([...at].sort((one, another) => one - another));
  });

  it('the Socratic way asks before it tells, one question at a time', () => {
    const rules = systemPrompt('socratic');
    for (const rule of ['第一轮绝不说出结论', '每一轮只问一个问题', '学生回答之后'])
      expect(rules).toContain(rule);
    expect(rules).not.toContain('先用一两句话直接回答');
  });

  it('translating goes both ways', () => {
    for (const rule of ['文译白', '白译文']) expect(systemPrompt('translate')).toContain(rule);
  });
});
