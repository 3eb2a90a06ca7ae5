import iconv from 'iconv-lite';

/** The words classical Chinese is held together by, in both scripts: a third of any running text. */
const EVERYDAY = new Set(
  '之不而也以其者有人為为子曰於于所是與与無无則则天大一王上下故可矣何乃公得能言見见知此自行在中國国君將将三二十年月日事道德心生死使如必皆又然夫' +
    '我来來他了的说說這这個个们們去時时山水風风花雨',
);

let ordinary: Set<string> | undefined;

/** What a character speaks for or against the encoding by which it was read. */
export function plausibility(character: string): number {
  if (EVERYDAY.has(character)) return 1;
  const code = character.codePointAt(0) ?? 0;
  if (/[　。，、；：？！「」『』“”‘’《》〈〉…—·（）【】□]/u.test(character)) return 0.6;
  if (code === 0xfffd || (code < 0x20 && !/[\t\r\n\f]/u.test(character))) return -3;
  if (code < 0x80) return 0;
  ordinary ??= readOrdinary();
  if (ordinary.has(character)) return 0.4;
  if (/\p{Script=Han}/u.test(character)) return -0.2;
  return /\p{Co}|\p{Cn}|\p{Cc}/u.test(character) ? -2 : -0.6;
}

/** The first level of GB 2312 and of Big5: what schools teach, in both scripts. */
function readOrdinary(): Set<string> {
  const characters = new Set<string>();
  for (let lead = 0xb0; lead <= 0xd7; lead += 1) {
    for (let trail = 0xa1; trail <= 0xfe; trail += 1) add(characters, 'gb18030', lead, trail);
  }
  for (let lead = 0xa4; lead <= 0xc6; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) add(characters, 'big5', lead, trail);
  }
  return characters;
}

function add(characters: Set<string>, encoding: string, lead: number, trail: number): void {
  const character = iconv.decode(Buffer.from([lead, trail]), encoding);
  if (/^\p{Script=Han}$/u.test(character)) characters.add(character);
}
