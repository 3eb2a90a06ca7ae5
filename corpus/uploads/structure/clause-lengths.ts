/** What each code unit of the basic plane is, as far as it has been met. */
const kinds = new Uint8Array(0x10000);
const HAN = 1;
const OTHER = 2;

/** How many Han characters stand between one sign of punctuation and the next. */
export function clauseLengths(text: string): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    kinds[unit] ||= isHanUnit(unit) ? HAN : OTHER;
    if (kinds[unit] === HAN) length += 1;
    else if (length > 0 && (unit < 0xdc00 || unit > 0xdfff)) {
      lengths.push(length);
      length = 0;
    }
  }
  if (length > 0) lengths.push(length);
  return lengths;
}

/** The first half of a pair is taken for a rare Han character. */
function isHanUnit(unit: number): boolean {
  if (unit >= 0xd840 && unit <= 0xd8ff) return true;
  return /[\p{Script=Han}□○]/u.test(String.fromCharCode(unit));
}
