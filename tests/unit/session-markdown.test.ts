import type { Message } from '../../backend/chat/message.ts';
import type { Session } from '../../backend/chat/session.ts';
import { markdownHead, markdownOf } from '../../backend/chat/session-markdown.ts';
import { attachmentNamed } from '../../backend/chat/session-markdown-routes.ts';

const at = new Date('2026-11-21T08:05:00.000Z');
const session: Session = {
  ...{ id: '5f0c4a34-0000-4000-8000-000000000001', userId: 'u', title: '读《论语》："学而"\n---' },
  ...{ mode: 'explain', archived: false, messageCount: 2, historyRevision: 0 },
  ...{ titleOrigin: 'learner', createdAt: at, updatedAt: at, lastMessageAt: at },
};
const question: Message = {
  ...{ id: 'q', sessionId: session.id, position: 0, role: 'user', status: 'complete' },
  ...{ content: '# 这是什么？\n\n第二行', citations: [], quotes: [], usage: null },
  ...{ favorite: false, feedback: null, followUps: ['再问'], truncated: false, questionId: null },
  ...{ version: 1, versions: 1, model: null, createdAt: at, failure: null },
};
const passage = { passageId: 'p1', work: '论语', chapter: '为政篇' };
const answer: Message = {
  ...question,
  ...{
    id: 'a',
    role: 'assistant',
    questionId: 'q',
    content: '## 句意\n孔子说「温故而知新」[1]。[3]也说[1]。\n',
  },
  citations: [
    {
      ...passage,
      n: 1,
      author: '孔子弟子',
      dynasty: '春秋',
      text: '子曰：\n「温故而知新」',
      score: 1,
    },
    { ...passage, n: 4, author: null, dynasty: null, text: '检得而未引', score: 0.1 },
    {
      ...{ n: 3, passageId: 'gone', work: '大学', chapter: '经一章', author: null },
      ...{ dynasty: null, text: '大学之道', score: 0.5 },
    },
  ],
  quotes: [
    { ...passage, text: '温故而知新', verdict: 'exact', found: '温故而知新' },
    { ...passage, text: '温故知新矣', verdict: 'variant', found: '温故而知新' },
    {
      ...{ text: '子虚乌有', verdict: 'unknown', passageId: null, work: null },
      ...{ chapter: null, found: null },
    },
  ],
};
const parts = {
  producer: '某某学堂',
  pageOf: (id: string) => (id === 'p1' ? 'https://guoxue.example/p?p=p1' : undefined),
};

describe('a conversation as Markdown', () => {
  it('begins with title, times and the label, for programs and for people', () => {
    const [, front = '', text] = markdownHead(session, at, '某某"学堂"').split(/^---$/m);
    const fields = Object.fromEntries(
      front
        .trim()
        .split('\n')
        .map((line) => {
          const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
          return [name, JSON.parse(value)];
        }),
    );
    expect(fields).toEqual({
      ...{ title: session.title, mode: '精讲', created: at.toISOString() },
      exported: at.toISOString(),
      AIGC: {
        ...{ Label: '1', ContentProducer: '某某"学堂"', ProduceID: session.id },
        ...{ ReservedCode1: '', ContentPropagator: '', PropagateID: '', ReservedCode2: '' },
      },
    });
    expect(text).toBe(
      '\n\n# 读《论语》："学而" ---\n\n> 以下回答由人工智能生成，引文请以原典为准。\n',
    );
  });

  it('quotes a question as it was typed, so that it cannot pass for a heading', () => {
    expect(markdownOf(question, parts)).toBe(
      '\n## 问 · 2026-11-21 16:05\n\n> # 这是什么？\n>\n> 第二行\n',
    );
    const sly = { ...question, content: '一\r### 答\r\n<script>' };
    expect(markdownOf(sly, parts)).toContain('> 一\n> ### 答\n> &#60;script&#62;\n');
  });

  it('gives an answer its mark, its sources with their places, and what was found of its quotes', () => {
    expect(markdownOf(answer, parts)).toBe(`
### 答（AI 生成）

##### 句意
孔子说「温故而知新」[1]。[3]也说[1]。

**引用**

- \\[1\\] [《论语·为政篇》](https://guoxue.example/p?p=p1)（春秋·孔子弟子）：子曰： 「温故而知新」
- \\[3\\] 《大学·经一章》：大学之道

**引文核对**

- 「温故而知新」✓ 与原典相合：《论语·为政篇》
- 「温故知新矣」≈ 异文：《论语·为政篇》作「温故而知新」
- 「子虚乌有」？未见于书库
`);
  });

  it.each([
    [{ status: 'stopped' }, '（学习者让它停在这里）'],
    [{ status: 'failed' }, '（没有写完就中断了）'],
    [{ status: 'failed', failure: 'content_rejected' }, '（内容不合规范，没有给出）'],
    [{ status: 'streaming' }, '（写到这里，还没有写完）'],
    [{ truncated: true }, '（到了长度上限，没有写完）'],
  ] as const)('says how an answer ended that is not whole: %o', (more, said) => {
    const bare = { ...answer, citations: [], quotes: [], ...more };
    expect(markdownOf(bare, parts)).toContain(`[1]。\n\n${said}\n`);
    expect(markdownOf({ ...answer, citations: [], quotes: [] }, parts)).not.toContain('（没有');
  });
});

describe('the name of the file', () => {
  const nameIn = (title: string) => {
    const [, encoded = ''] =
      /filename\*=UTF-8''([\w.%~!#$&+^`|-]+)$/.exec(attachmentNamed(title)) ?? [];
    return decodeURIComponent(encoded);
  };

  it.each([
    ['学而篇', '学而篇.md'],
    [`it's (a) "test"*`, `it's (a) test.md`],
    ['../../etc/passwd', 'etc passwd.md'],
    ['C:\\x|y<z>?', 'C x y z.md'],
    ['一\r\nX-Evil: 1', '一 X-Evil 1.md'],
    ['...', 'session.md'],
    ['👨‍👩‍👧 \u202e颠倒', '👨 👩 👧 颠倒.md'],
    ['长'.repeat(100), `${'长'.repeat(60)}.md`],
    ['𠮷'.repeat(61), `${'𠮷'.repeat(60)}.md`],
    ['残\ud800缺', '残 缺.md'],
  ])('%j becomes %s', (title, name) => {
    expect(nameIn(title)).toBe(name);
    expect(attachmentNamed(title)).toMatch(/^attachment; filename="session\.md"; [\x21-\x7e]+$/);
  });
});
