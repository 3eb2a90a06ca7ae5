import { folderWorks } from '../../corpus/folder-works.ts';
import { defaultWorks } from '../../corpus/manifest.ts';
import type { WorkSource } from '../../corpus/source-work.ts';
import { ConfigError } from '../config.ts';

/** CORPUS: `none`, or `default` and folders of texts, comma separated, in the order of the library. */
export async function readCorpus(setting: string): Promise<WorkSource[]> {
  if (setting === 'none') return [];
  const works: WorkSource[] = [];
  for (const part of setting.split(',').map((each) => each.trim())) {
    for (const work of await readPart(part)) {
      if (works.some(({ slug }) => slug === work.slug)) {
        throw new ConfigError(`CORPUS: two works are called ${work.slug}, one of them in ${part}`);
      }
      works.push(work);
    }
  }
  return works;
}

async function readPart(part: string): Promise<WorkSource[]> {
  if (part === 'default') return defaultWorks();
  try {
    return await folderWorks(part);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`CORPUS: ${reason}`, { cause });
  }
}
