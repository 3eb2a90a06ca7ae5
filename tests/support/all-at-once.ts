/** Works through all items, so many at a time; results in the order of the items. */
export async function allAtOnce<Item, Result>(
  items: readonly Item[],
  inFlight: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return results;
}
