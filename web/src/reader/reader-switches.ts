import type { KeyValueStorage } from '../api/key-value-storage.ts';
import { createKeptChoice, type KeptChoice } from '../state/kept-choice.ts';

type Shown = 'shown' | 'hidden';

/** What a reader wants to see beside the text, on every page. */
export interface ReaderSwitches {
  pinyin: KeptChoice<Shown>;
  translation: KeptChoice<Shown>;
}

export function createReaderSwitches(storage: KeyValueStorage | null): ReaderSwitches {
  const kept = (name: string, unchosen: Shown) =>
    createKeptChoice<Shown>(storage, `guoxue.reader.${name}`, (stored) =>
      stored === 'shown' || stored === 'hidden' ? stored : unchosen,
    );
  return { pinyin: kept('pinyin', 'hidden'), translation: kept('translation', 'shown') };
}
