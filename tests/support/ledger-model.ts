import { effectOf, type Journal, journals } from '../../backend/billing/ledger/journal.ts';
import { costOf } from '../../backend/billing/prices/price.ts';

/** What may happen to the tokens of a few learners; users and questions are numbers. */
export type Command =
  | { type: 'grant' | 'recharge' | 'consume' | 'refund' | 'adjust'; user: number; key: number }
  | { type: 'reserve'; user: number; question: number; promptTokens: number }
  | { type: 'settle'; question: number; promptTokens: number; completionTokens: number }
  | { type: 'release'; question: number }
  | { type: 'transfer'; user: number; to: number };

export type KeyedCommand = Extract<Command, { key: number }>;

/** What whoever asked for it was told. */
export type Outcome = 'done' | 'repeated' | 'short' | 'nothing' | 'held' | number;

export const RATES = { cached: 100, prompt: 1000, completion: 2000 };
export const OUTPUT = { maxOutputTokens: 400, minOutputTokens: 50 };

interface Reservation {
  user: number;
  amount: number;
  open: boolean;
}

export interface LedgerState {
  users: readonly { balance: number; held: number }[];
  written: ReadonlySet<string>;
  reservations: ReadonlyMap<number, Reservation>;
}

/** As many tokens as its key says, so that the same key always asks for the same. */
export function journalOf({ type, user, key }: KeyedCommand, userId = String(user)): Journal {
  const about = { userId, reference: `${userId}:${key}`, reason: '模型' };
  const amount = 300 * (key + 1);
  return journals[type](type === 'adjust' && key % 2 === 0 ? -amount : amount, about);
}

/** The ledger in a few lines: one thing after another. */
export function step(state: LedgerState, command: Command): [LedgerState, Outcome] {
  switch (command.type) {
    case 'reserve':
      return reserve(state, command);
    case 'settle':
      return settle(state, command);
    case 'release':
      return [end(state, command.question, 0), 'done'];
    case 'transfer':
      return transfer(state, command.user, command.to);
    default:
      return post(state, command);
  }
}

const availableOf = ({ users }: LedgerState, user: number) =>
  (users[user]?.balance ?? 0) - (users[user]?.held ?? 0);

function change(state: LedgerState, user: number, balance: number, held = 0): LedgerState {
  const users = state.users.map((each, n) =>
    n === user ? { balance: each.balance + balance, held: each.held + held } : each,
  );
  return { ...state, users };
}

function post(state: LedgerState, command: KeyedCommand): [LedgerState, Outcome] {
  const name = `${command.type} ${command.user} ${command.key}`;
  if (state.written.has(name)) return [state, 'repeated'];
  const { balance } = effectOf(journalOf(command));
  if (availableOf(state, command.user) + balance < 0) return [state, 'short'];
  const written = new Set([...state.written, name]);
  return [{ ...change(state, command.user, balance), written }, 'done'];
}

function reserve(
  state: LedgerState,
  { user, question, promptTokens }: Extract<Command, { type: 'reserve' }>,
): [LedgerState, Outcome] {
  const left = availableOf(state, user) * 1000 - promptTokens * RATES.prompt;
  const affordable = Math.max(0, Math.floor(left / RATES.completion));
  const outputTokens = Math.min(OUTPUT.maxOutputTokens, affordable);
  if (outputTokens < OUTPUT.minOutputTokens) return [state, 'short'];
  const amount = promptTokens + 2 * outputTokens;
  const reservation = { user, amount, open: true };
  const reservations = new Map(state.reservations).set(question, reservation);
  return [{ ...change(state, user, 0, amount), reservations }, outputTokens];
}

function settle(
  state: LedgerState,
  { question, promptTokens, completionTokens }: Extract<Command, { type: 'settle' }>,
): [LedgerState, Outcome] {
  const reservation = state.reservations.get(question);
  if (!reservation?.open) return [state, 'nothing'];
  const { amount } = reservation;
  const counts = { promptTokens, cachedTokens: 0, completionTokens };
  const cost = Math.min(amount, costOf(RATES, counts));
  return [end(state, question, cost), cost];
}

function end(state: LedgerState, question: number, cost: number): LedgerState {
  const reservation = state.reservations.get(question);
  if (!reservation?.open) return state;
  const reservations = new Map(state.reservations).set(question, { ...reservation, open: false });
  return { ...change(state, reservation.user, -cost, -reservation.amount), reservations };
}

function transfer(state: LedgerState, from: number, to: number): [LedgerState, Outcome] {
  const { balance, held } = state.users[from] ?? { balance: 0, held: 0 };
  if (held > 0) return [state, 'held'];
  return [change(change(state, from, -balance), to, balance), balance];
}

/** The states that some order of these commands leads to, with exactly these outcomes. */
export function explanations(
  state: LedgerState,
  commands: readonly Command[],
  outcomes: readonly Outcome[],
): LedgerState[] {
  if (commands.length === 0) return [state];
  return commands.flatMap((command, n) => {
    const [next, outcome] = step(state, command);
    if (outcome !== outcomes[n]) return [];
    const others = <Item>(items: readonly Item[]) => items.filter((_, index) => index !== n);
    return explanations(next, others(commands), others(outcomes));
  });
}
