interface Shelved {
  category: string | null;
}

export interface Shelf<Item> {
  category: string;
  works: Item[];
}

/** The order of the four treasuries; categories beyond it follow as they come. */
const ORDER = ['经', '史', '子', '集', '诗', '词', '曲', '蒙学'];

function rankOf(category: string): number {
  const rank = ORDER.findIndex((name) => category.startsWith(name));
  return rank === -1 ? ORDER.length : rank;
}

/** Puts works on shelves by category; those without one stand last. */
export function groupWorks<Item extends Shelved>(works: Item[], rest: string): Shelf<Item>[] {
  const shelves = new Map<string, Item[]>();
  for (const work of works) {
    const category = work.category || rest;
    shelves.set(category, [...(shelves.get(category) ?? []), work]);
  }
  const rank = (category: string) => (category === rest ? ORDER.length + 1 : rankOf(category));
  return Array.from(shelves, ([category, items]) => ({ category, works: items })).sort(
    (a, b) => rank(a.category) - rank(b.category),
  );
}
