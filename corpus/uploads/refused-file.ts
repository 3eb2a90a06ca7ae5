/** Why a file was not read; each has a sentence that says what its owner can do. */
const SENTENCES = {
  empty: '文件是空的。请选择有正文的文件。',
  no_text: '文件里没有找到正文。请确认内容不是只有空白、标题或图片。',
  all_skipped: '所有章节都标为不收，没有可以收录的正文。请至少留下一章。',
  no_han: '文件里没有汉字。请上传中文典籍的原文；若打开是乱码，请另存为 UTF-8 编码后再上传。',
  unsupported:
    '不支持这种文件。请上传 .txt、.md、.json、.csv、.docx、.epub，或把这些文件打成一个 .zip。',
  wrong_content: '文件内容与扩展名不符。请用原来的程序打开，另存为扩展名所示的格式后再上传。',
  binary: '这不是文本文件，里面是二进制内容。请另存为纯文本（UTF-8）后再上传。',
  encrypted: '文件加了密码或版权保护，无法读取。请先去掉密码，再上传。',
  damaged: '文件已损坏或不完整。请重新导出或重新下载后再上传。',
  nested_archive: '压缩包里还有压缩包。请先全部解压，再把里面的文本文件直接打成一个 .zip。',
  too_large_inside: '压缩包解开后过大，已停止读取。请拆成几个较小的压缩包，分别上传。',
  too_many_entries: '压缩包里的文件太多（上限两万个）。请按书拆成几个压缩包，分别上传。',
  unsafe_path: '压缩包里有越出文件夹的路径。请重新打包，文件名中不要有「..」、盘符或反斜线。',
  symbolic_link: '压缩包里有符号链接。请换成真正的文件后重新打包。',
  xml_entities: '文件里的 XML 定义了实体，出于安全不予读取。请用 Word 或电子书软件另存一份再上传。',
  line_too_long: '有一行（或一段）超过两百万字。请在文件中按章节、段落换行后再上传。',
  nested_too_deep: 'JSON 的层次过深。请改为「作品—章节—段落」这样的结构后再上传。',
  xml_too_deep: '文件里的标记层层嵌套过深，无法读取。请用 Word 或电子书软件另存一份再上传。',
  bad_json: 'JSON 格式有误，无法读取。请用工具检查括号、逗号和引号后再上传。',
  bad_csv: 'CSV 格式有误，无法读取。请检查引号是否成对，或用表格软件另存为 CSV（UTF-8）。',
  too_complex: '文件太复杂，超出了可用的内存。请拆成几个较小的文件，分别上传。',
  too_slow: '文件读取超时。请拆成几个较小的文件，分别上传。',
} as const;

export type RefusalReason = keyof typeof SENTENCES;

/** Whether it is the message of a {@link RefusedFile}, wherever it was kept. */
export function isRefusalSentence(message: string): boolean {
  return Object.values(SENTENCES).some((sentence) => message.endsWith(sentence));
}

/** A file that cannot be taken in; the message is Chinese, for the person who chose the file. */
export class RefusedFile extends Error {
  readonly reason: RefusalReason;

  /** `where`: the file inside an archive that is meant. */
  constructor(reason: RefusalReason, where?: string | null) {
    super(`${where ? `「${where}」：` : ''}${SENTENCES[reason]}`);
    this.name = 'RefusedFile';
    this.reason = reason;
  }

  /** As it comes out of a thread, where only its words have survived. */
  static revive(reason: RefusalReason, message: string): RefusedFile {
    const refused = new RefusedFile(reason);
    refused.message = message;
    return refused;
  }
}
