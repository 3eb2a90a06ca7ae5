/** The reader's next piece; rejects when nothing at all arrives for `limitMs`. */
export async function readWithIdleLimit(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitMs: number,
): ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the stream fell silent')), limitMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
