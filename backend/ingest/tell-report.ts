import type { DocumentReport } from '../documents/parsing/parsed-document.ts';
import type { DeskDocument } from './desk.ts';

const SCRIPTS: Record<DocumentReport['script'], string> = {
  traditional: '繁体',
  simplified: '简体',
  mixed: '繁简混用',
  unknown: '字体不明',
};

/** What was found in a document, in a few lines. */
export function tellReport({ report }: DeskDocument): string[] {
  if (!report) return [];
  const { files, chapters, passages, characters, translated, lacunae, unknownCharacters } = report;
  const parts = [
    files > 1 ? `${files} 个文件` : '',
    `${chapters} 篇`,
    `${passages} 段`,
    `${characters} 字`,
    SCRIPTS[report.script],
    report.encoding ?? '',
    translated > 0 ? `有译文 ${translated} 段` : '',
    lacunae.count > 0 ? `缺字 ${lacunae.count} 处` : '',
    unknownCharacters.count > 0 ? `无法显示的字 ${unknownCharacters.count} 个` : '',
  ];
  const skipped = report.skipped.map(
    ({ reason, count, example }) =>
      `  未收：${reason} ×${count}${example ? `，如「${example}」` : ''}`,
  );
  return [`  ${parts.filter((part) => part !== '').join(' · ')}`, ...skipped];
}
