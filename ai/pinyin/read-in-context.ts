import { pinyin } from 'pinyin-pro';

/** A syllable a character, polyphones by context; the dictionary knows simplified forms best. */
export function readInContext(characters: readonly string[]): string[] {
  const options = { type: 'array', toneSandhi: false } as const;
  const readings = pinyin(characters.join(''), options);
  if (readings.length === characters.length) return readings;
  return characters.map((character) => pinyin(character, options)[0] ?? character);
}
