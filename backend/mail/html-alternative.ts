const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const LINK = /https?:\/\/[^\s<>"']+/g;

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** Escapes a line and makes its addresses clickable. */
function toMarkup(line: string): string {
  let markup = '';
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    const link = escapeHtml(match[0]);
    markup += `${escapeHtml(line.slice(end, match.index))}<a href="${link}">${link}</a>`;
    end = match.index + match[0].length;
  }
  return markup + escapeHtml(line.slice(end));
}

/** The same words for mail programs that show HTML; nothing is fetched from anywhere. */
export function htmlAlternative(text: string): string {
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.split('\n').map(toMarkup).join('<br>\n')}</p>`);
  return [
    '<!doctype html>',
    '<html lang="zh-CN"><head><meta charset="utf-8"></head>',
    '<body style="font-size:16px;line-height:1.7;word-break:break-word">',
    ...paragraphs,
    '</body></html>',
    '',
  ].join('\n');
}
