import { formatSigned, formatTokens } from '../../billing/amounts.ts';
import { beijingTime } from '../../billing/beijing-time.ts';
import { strings } from '../../strings.ts';

const words = strings.books;
const SHORT = 8;

/** One thing that was found, and where to look at it. */
export interface FindingLine {
  text: string;
  link?: { href: string; text: string };
}

type Names = Readonly<Record<string, string>>;
type Row = Readonly<Record<string, unknown>>;
const named = (names: Names, name: string) =>
  (Object.hasOwn(names, name) ? names[name] : undefined) ?? name;

export const kindOf = (kind: string): string => named(words.kinds, kind);

const rowOf = (value: unknown): Row =>
  typeof value === 'object' && value !== null ? (value as Row) : {};
const amount = (value: unknown) => (typeof value === 'number' ? formatTokens(value) : words.none);
const signed = (value: unknown) => (typeof value === 'number' ? formatSigned(value) : words.none);
const shortOf = (id: unknown) => {
  const text = String(id ?? '');
  return text.length > 20 ? `${text.slice(0, SHORT)}…` : text;
};

const orderLink = (number: unknown) => ({
  href: `/admin/orders?q=${encodeURIComponent(String(number))}`,
  text: words.seeOrder(shortOf(number)),
});
const userLink = (id: unknown) => ({
  href: `/admin/users?q=${encodeURIComponent(String(id))}`,
  text: words.seeUser(shortOf(id)),
});

function balanceLine({ userId, kept, summed }: Row): FindingLine {
  const [here, there] = [rowOf(kept), rowOf(summed)];
  const parts = [
    ...(here.balance === there.balance
      ? []
      : [words.balance(amount(here.balance), amount(there.balance))]),
    ...(here.held === there.held ? [] : [words.held(amount(here.held), amount(there.held))]),
  ];
  return { text: parts.join('；'), link: userLink(userId) };
}

function orderLine({ orderId, tradeNo, userId, tokens, ledger }: Row): FindingLine {
  if (tokens === null) return { text: words.noOrder(amount(ledger)), link: userLink(userId) };
  const link = orderLink(tradeNo ?? orderId);
  if (ledger === null) return { text: words.notCredited(amount(tokens)), link };
  if (ledger === tokens) return { text: words.otherOwner(amount(tokens)), link };
  return { text: words.otherTokens(amount(tokens), amount(ledger)), link };
}

function refundLine({ tradeNo, tokens, ledger }: Row): FindingLine {
  const found = tradeNo === null ? {} : { link: orderLink(tradeNo) };
  if (tokens === null) return { text: words.noRefund(signed(ledger)), ...found };
  if (ledger === null) return { text: words.notPosted(signed(tokens)), ...found };
  return { text: words.otherPosting(signed(tokens), signed(ledger)), ...found };
}

const hourLine = (hour: unknown): FindingLine => ({ text: beijingTime(String(hour)) });

/** How each of what is listed is told. */
const LINES: Readonly<Record<string, (value: unknown) => FindingLine>> = {
  differing: (value) => balanceLine(rowOf(value)),
  holding(value) {
    const { userId, reservations, kept } = rowOf(value);
    return { text: words.holding(amount(reservations), amount(kept)), link: userLink(userId) };
  },
  unsoundJournals: (id) => ({ text: words.journal(String(id)) }),
  orders: (value) => orderLine(rowOf(value)),
  refunds: (value) => refundLine(rowOf(value)),
  flowHours: hourLine,
  hours: hourLine,
  answers(value) {
    const { messageId, usage, ledger } = rowOf(value);
    return { text: words.answer(shortOf(messageId), amount(usage), amount(ledger)) };
  },
  differences(value) {
    const { what, tradeNo } = rowOf(value);
    return { text: named(words.differences, String(what)), link: orderLink(tradeNo) };
  },
};

function tell(value: unknown): string {
  if (typeof value === 'number') return formatTokens(value);
  if (typeof value !== 'object' || value === null) return String(value ?? words.none);
  return Object.entries(value)
    .map(([name, part]) => words.account(named(words.accounts, name), tell(part)))
    .join(' · ');
}

function linesOf(field: string, value: unknown): FindingLine[] {
  if (!Array.isArray(value)) return [{ text: tell(value) }];
  const line = Object.hasOwn(LINES, field) ? LINES[field] : undefined;
  const lines = value.map((each) => line?.(each) ?? { text: tell(each) });
  return lines.length > 0 ? lines : [{ text: words.none }];
}

/** What was compared, one thing a line; a name that is new stands as it is. */
export function findingFields(detail: Row): { name: string; lines: FindingLine[] }[] {
  return Object.entries(detail).map(([field, value]) => ({
    name: named(words.fields, field),
    lines: linesOf(field, value),
  }));
}
