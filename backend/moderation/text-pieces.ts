/** So that words which a cut would part stand whole in the next piece. */
const OVERLAP = 50;

/** A text in pieces of at most `limit` characters, each beginning a little before the last one's end. */
export function textPieces(text: string, limit: number): string[] {
  const characters = [...text.trim()];
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += limit - OVERLAP) {
    pieces.push(characters.slice(start, start + limit).join(''));
    if (start + limit >= characters.length) break;
  }
  return pieces;
}
