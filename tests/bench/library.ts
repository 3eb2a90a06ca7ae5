import * as contract from '../support/contract-schemas.ts';
import { dataOf } from './asking.ts';
import { searches, warmUpSearches } from './questions.ts';

export async function libraryTotals(url: string, signal: AbortSignal) {
  const totals = { works: 0, passages: 0, characters: 0 };
  let cursor: string | null = '';
  do {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/api/library/works?limit=100${query}`, { signal });
    const page = await dataOf(response, contract.pageOf(contract.work));
    for (const { passageCount, characterCount } of page.items) {
      totals.works += 1;
      totals.passages += passageCount;
      totals.characters += characterCount;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return totals;
}

/** Milliseconds of each search; every query is new to the program, so none comes from its cache. */
export async function measureSearch(url: string, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  for (const q of [...warmUpSearches, ...searches()]) {
    const sentAt = performance.now();
    const response = await fetch(`${url}/api/library/search?${new URLSearchParams({ q })}`, {
      signal,
    });
    const { items } = await dataOf(response, contract.found);
    if (items.length === 0) throw new Error(`nothing found for ${q}`);
    times.push(performance.now() - sentAt);
  }
  return times.slice(warmUpSearches.length);
}
