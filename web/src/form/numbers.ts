/** Numbers as people type them into a form; null where it is none. */

const plain = (text: string) => text.normalize('NFKC').replaceAll(/[\s,，_]/g, '');

export function readWhole(text: string): number | null {
  const value = plain(text).replace('−', '-');
  if (!/^[+-]?\d{1,15}$/.test(value)) return null;
  return Number(value);
}

/** Yuan with at most two decimals, as fen. */
export function readFen(text: string): number | null {
  const match = /^[¥￥]?(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain(text));
  if (match === null) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** A number of at most so many decimals, as a whole number of its smallest parts. */
export function readParts(text: string, decimals: number): number | null {
  const match = new RegExp(`^(\\d{1,9})(?:\\.(\\d{0,${decimals}}))?$`).exec(plain(text));
  if (match === null) return null;
  return Number(match[1]) * 10 ** decimals + Number((match[2] ?? '').padEnd(decimals, '0'));
}

/** The way back: what somebody would have typed. */
export function writeParts(parts: number, decimals: number): string {
  const digits = String(parts).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
