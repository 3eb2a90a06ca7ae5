const INVISIBLE = /[\u200b-\u200f\u2060\ufeff\u00ad]|[^\P{Cc}\n\t]/gu;

/** A text as it can be stored and shown; half characters become U+FFFD and are counted as unknown. */
export function cleanText(text: string, note: (reason: string, example: string) => void): string {
  let clean = text.isWellFormed() ? text : text.toWellFormed();
  if (clean.search(INVISIBLE) >= 0) {
    note('零宽与控制字符', clean.slice(0, 40).replace(INVISIBLE, ''));
    clean = clean.replace(INVISIBLE, '');
  }
  return clean.trim();
}
