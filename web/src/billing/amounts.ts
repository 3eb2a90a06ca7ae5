const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0, signDisplay: 'always' });
const fine = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 3 });
const short = new Intl.NumberFormat('zh-CN', { notation: 'compact', maximumFractionDigits: 1 });
const yuan = new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY' });

export const formatTokens = (amount: number): string => whole.format(amount);

/** 「+300」「−12」; with a minus sign that is as wide as the plus. */
export const formatSigned = (amount: number): string => signed.format(amount).replace('-', '−');

/** 「120万」, where the exact number is of no use. */
export const formatShort = (amount: number): string => short.format(amount);

/** Thousandths as what they are thousandths of. */
export const formatThousandths = (amount: number): string => fine.format(amount / 1000);

export const formatFen = (fen: number): string => yuan.format(fen / 100);

/** What the provider asks: millionths of its currency. */
export function formatMillionths(amount: number, currency = 'CNY', maximumFractionDigits = 2) {
  const style = { style: 'currency', currency, maximumFractionDigits } as const;
  return new Intl.NumberFormat('zh-CN', style).format(amount / 1e6);
}

/** How full something is, 0 to 1; what has no room is full. */
export function shareOf({ used, limit }: { used: number; limit: number }): number {
  return limit <= 0 ? 1 : Math.min(1, Math.max(0, used / limit));
}
