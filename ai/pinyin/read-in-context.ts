import { pinyin } from 'pinyin-pro';

/** A syllable a character, polyphones by context; the dictionary knows simplified forms best. */
export function readInContext(characters: readonly string[]): string[] {
  const options = { type: 'array', toneSandhi: false } as const;
  const readings = pinyin(characters.join(''), options);
  if (readings.length === characters.length) return readings;
  return characters.map((character) => pinyin(character, options)[0] ?? character);
}

/** All ways to read a character, the commonest first, without tones; none for what is not Chinese. */
export function readingsOf(character: string): string[] {
  const readings = pinyin(character, { type: 'array', toneType: 'none', multiple: true });
  return [...new Set(readings)].filter((reading) => reading !== character && reading !== '');
}
