import { inspectFile } from '../../corpus/uploads/inspect-file.ts';
import { RefusedFile } from '../../corpus/uploads/refused-file.ts';
import { readBack, withFile } from './upload-files.ts';

/** Why a file is refused when it arrives, or else when it is read. */
export async function refusal(fileName: string, content: string | Buffer): Promise<string | null> {
  const arriving = await withFile(content, (path) => reasonOf(inspectFile(path, fileName)));
  const reading = await reasonOf(readBack(fileName, content));
  if (arriving !== null) expect(reading).not.toBeNull();
  return arriving ?? reading;
}

export async function reasonOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error;
    expect(error.message).toMatch(/^.*\p{Script=Han}.*[。）]$/u);
    return error.reason;
  }
}
