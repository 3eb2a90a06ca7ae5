import { jest } from '@jest/globals';
import { docxOf, epubOf, paragraphOf, readBack } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const STUDY = '子曰：「学而不思则罔，思而不学则殆。」';

describe('a Word document', () => {
  it('has chapters by its styles, its own and those based on others', async () => {
    const read = await readBack(
      '论语.docx',
      await docxOf(
        [
          paragraphOf('测试之书', '1'),
          paragraphOf('学而', '2'),
          paragraphOf(LEARN),
          paragraphOf('为政', '3'),
          `<w:p><w:r><w:t>${STUDY.slice(0, 9)}</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:t>${STUDY.slice(9)}</w:t></w:r></w:ins></w:p>`,
          `<w:p><w:r><w:ruby><w:rt><w:r><w:t>wéi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>${RULE}</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>`,
        ].join(''),
      ),
    );
    expect(read.book).toEqual({ 学而: [LEARN], 为政: [STUDY, RULE] });
    expect(read.report.skipped.map(({ reason }) => reason)).toEqual(['修订中删去的文字', '注音']);
  });

  it('is text where somebody made whole paragraphs headings', async () => {
    const read = await readBack('a.docx', await docxOf(paragraphOf(LEARN.repeat(4), '1')));
    expect(read.book).toEqual({ 测试之书: [LEARN.repeat(4)] });
  });

  it('keeps lines that were broken by hand, and reads tables cell by cell', async () => {
    const read = await readBack(
      'a.docx',
      await docxOf(
        `<w:p><w:r><w:t>床前明月光，</w:t><w:br/><w:t>疑是地上霜。</w:t></w:r></w:p><w:tbl><w:tr><w:tc>${paragraphOf('举头望明月，')}</w:tc><w:tc>${paragraphOf('低头思故乡。')}</w:tc></w:tr></w:tbl>`,
      ),
    );
    expect(read.passages.map(({ text }) => text)).toEqual([
      '床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。',
    ]);
  });
});

describe('a box of text in a Word document', () => {
  const boxOf = (inside: string) => `<w:txbxContent>${inside}</w:txbxContent>`;
  const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;

  it('comes once, after the paragraph that it is fastened to, which stays whole', async () => {
    const box = boxOf(`${paragraphOf('框中之语，')}${paragraphOf('凡二行也。')}`);
    const choice = `<mc:AlternateContent><mc:Choice><w:drawing>${box}</w:drawing></mc:Choice><mc:Fallback><w:pict>${box}</w:pict></mc:Fallback></mc:AlternateContent>`;
    const body = `<w:p>${run('子曰：「學而')}<w:r>${choice}</w:r>${run('時習之。」')}</w:p>`;
    const read = await readBack('a.docx', await docxOf(`${body}${paragraphOf(RULE)}`), {
      form: 'sayings',
    });
    expect(read.book.测试之书).toEqual([
      '子曰：「學而時習之。」',
      '框中之语，',
      '凡二行也。',
      RULE,
    ]);
  });

  it('may stand in a heading, or hold all there is', async () => {
    const heading = `<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r>${boxOf(paragraphOf(STUDY))}</w:r>${run('為政')}</w:p>`;
    const read = await readBack('a.docx', await docxOf(`${heading}${paragraphOf(RULE)}`), {
      form: 'sayings',
    });
    expect(read.book).toEqual({ 為政: [STUDY, RULE] });
    const only = await readBack(
      'b.docx',
      await docxOf(`<w:p><w:r>${boxOf(paragraphOf(RULE))}</w:r></w:p>`),
    );
    expect(only.book.测试之书).toEqual([RULE]);
  });
});

describe('an electronic book', () => {
  it('is read in the order of its spine, its chapters named by its contents', async () => {
    const read = await readBack(
      '论语.epub',
      await epubOf(
        [
          { file: '封面.xhtml', body: '<p><img src="a.png"/></p>' },
          { file: 'b.xhtml', body: `<h1>学而第一</h1><p>${LEARN}</p>` },
          {
            file: 'a.xhtml',
            body: `<h2>为政</h2><p><ruby>子<rt>zǐ</rt></ruby>${STUDY.slice(1)}<a epub:type="noteref">[1]</a></p><div id="x"><p>${RULE}&nbsp;</p></div>`,
          },
        ],
        [
          ['b.xhtml', '学而'],
          ['a.xhtml', '为政'],
          ['a.xhtml#x', '又'],
        ],
      ),
    );
    expect(read.book).toEqual({ 学而: [LEARN], 为政: [STUDY], 又: [RULE] });
    expect(read.report.skipped.map(({ reason }) => reason)).toContain('注音');
  });

  it('without a table of contents has its headings', async () => {
    const body = `<h1>卷一</h1><h2>学而</h2><p>${LEARN}</p><h2>为政</h2><p>${STUDY}<br/>${RULE}</p>`;
    const read = await readBack('a.epub', await epubOf([{ file: 'a.xhtml', body }], []));
    expect(Object.keys(read.book)).toEqual(['卷一·学而', '卷一·为政']);
  });
});
