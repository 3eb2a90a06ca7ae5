/** What was made, how long it took and how much memory it holds, where that can be told. */
export interface Built<Made> {
  made: Made;
  milliseconds: number;
  bytes: number | undefined;
}

/** Memory is only told by a process started with `--expose-gc`. */
export async function built<Made>(make: () => Made | Promise<Made>): Promise<Built<Made>> {
  const before = await bytesInUse();
  const began = performance.now();
  const made = await make();
  const milliseconds = performance.now() - began;
  const after = await bytesInUse();
  const bytes = before === undefined || after === undefined ? undefined : after - before;
  return { made, milliseconds, bytes };
}

/** `external` holds the typed arrays too: adding `arrayBuffers` would count them twice. */
async function bytesInUse(): Promise<number | undefined> {
  if (!globalThis.gc) return undefined;
  // What the first turn frees may hold buffers that only the second finds unused.
  for (let turn = 0; turn < 2; turn += 1) await globalThis.gc({ execution: 'async' });
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
