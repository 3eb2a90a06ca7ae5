interface Dated {
  createdAt: string;
  lastMessageAt: string | null;
}

export interface SessionGroup<Item> {
  age: 'today' | 'week' | 'earlier';
  items: Item[];
}

const DAY_MS = 86_400_000;

function ageOf(item: Dated, startOfToday: number): SessionGroup<Dated>['age'] {
  const time = Date.parse(item.lastMessageAt ?? item.createdAt);
  if (time >= startOfToday) return 'today';
  return time >= startOfToday - 6 * DAY_MS ? 'week' : 'earlier';
}

/** Splits a list that is newest first by age, keeping its order; empty groups are left out. */
export function groupSessions<Item extends Dated>(items: Item[], now: Date): SessionGroup<Item>[] {
  const startOfToday = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups: SessionGroup<Item>[] = [];
  for (const item of items) {
    const age = ageOf(item, startOfToday);
    const last = groups.at(-1);
    if (last?.age === age) last.items.push(item);
    else groups.push({ age, items: [item] });
  }
  return groups;
}
