import { useConvert } from '../script/use-convert.ts';

interface PassageTextProps {
  text: string;
  /** A syllable for each code point, null for marks; left out where none is wanted. */
  pinyin?: (string | null)[] | undefined;
}

/** The words of the classic, with pinyin above them where it is wanted. */
export function PassageText({ text, pinyin }: PassageTextProps) {
  const convert = useConvert();
  const characters = [...convert(text)];
  // A conversion that changes the number of characters leaves no way to tell which syllable is whose.
  const fits = pinyin !== undefined && pinyin.length === characters.length;
  return (
    <p className={fits ? 'classical passage-text with-pinyin' : 'classical passage-text'}>
      {fits
        ? characters.map((each, at) => annotated(each, pinyin[at] ?? null, at))
        : characters.join('')}
    </p>
  );
}

function annotated(character: string, syllable: string | null, at: number) {
  if (syllable === null) return character;
  return (
    <ruby key={at}>
      {character}
      <rp>（</rp>
      <rt>{syllable}</rt>
      <rp>）</rp>
    </ruby>
  );
}
