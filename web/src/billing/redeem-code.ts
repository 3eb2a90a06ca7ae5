import { strings } from '../strings.ts';

const words = strings.redeem;
const LENGTH = 28;
const GROUP = 4;
/** No I, L, O or U: they are mistaken for 1, 0 and V. */
const ALPHABET = /[0-9A-HJKMNP-TV-Z]/;

/** What of a pasted line may be the code: in capitals, without dashes and the words around it. */
function charactersOf(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
    .replaceAll(/[^0-9A-Z]/g, '');
}

/** As it is printed: groups of four. */
export function groupCode(typed: string): string {
  return (
    charactersOf(typed)
      .match(new RegExp(`.{1,${GROUP}}`, 'g'))
      ?.join('-') ?? ''
  );
}

/** What is wrong with it already by its looks; null where only the server can tell. */
export function faultOfCode(typed: string): string | null {
  const code = charactersOf(typed);
  if (code === '') return words.missing;
  const strange = [...code].find((character) => !ALPHABET.test(character));
  if (strange !== undefined) return words.strange(strange);
  return code.length === LENGTH ? null : words.length(code.length, LENGTH);
}
