import { differingCharacters } from './differing-characters.ts';

/** A text with the characters marked that the other does not have there. */
export function MarkedDifference({ text, from }: { text: string; from: string }) {
  let place = 0;
  return differingCharacters(text, from).map((run) => {
    const key = place;
    place += run.text.length;
    return run.differs ? <mark key={key}>{run.text}</mark> : <span key={key}>{run.text}</span>;
  });
}
