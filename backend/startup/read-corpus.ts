import { folderWorks } from '../../corpus/folder-works.ts';
import { defaultWorks } from '../../corpus/manifest.ts';
import type { WorkSource } from '../../corpus/source-work.ts';
import { ConfigError } from '../config.ts';

/** CORPUS: `default`, `none`, or a folder of texts. */
export async function readCorpus(setting: string): Promise<WorkSource[]> {
  if (setting === 'none') return [];
  if (setting === 'default') return defaultWorks();
  try {
    return await folderWorks(setting);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`CORPUS: ${reason}`, { cause });
  }
}
