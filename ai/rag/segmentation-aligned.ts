import { type Atom, balancedGroups, hanLength } from './segmentation-balanced-cuts.ts';
import { cutAfter } from './segmentation-sentences.ts';

/** A piece of text with the translation of just this piece. */
export interface AlignedPiece {
  text: string;
  translation: string | null;
}

const SIZE = { ideal: 110, longest: 150 };
/** A longer piece is more than a sentence and begins on a line of its own. */
const SENTENCE_LENGTH = 60;

/** Joins aligned pieces to passages; none is ever cut, so that each keeps its own translation. */
export function segmentAligned(
  form: 'verse' | 'primer' | 'prose' | 'dialogue' | 'sayings',
  pieces: readonly AlignedPiece[],
): AlignedPiece[] {
  if (form === 'sayings') return [...pieces];
  const running = form === 'prose' || form === 'dialogue';
  const atoms = pieces.map(({ text, translation }) => ({
    text,
    translation,
    startsParagraph: !running || hanLength(text) > SENTENCE_LENGTH,
    cut: cutAfter(text),
  }));
  return balancedGroups(atoms, SIZE).map(joinPieces);
}

function joinPieces(atoms: (Atom & AlignedPiece)[]): AlignedPiece {
  let text = '';
  let translation = '';
  for (const [index, atom] of atoms.entries()) {
    const gap = atom.startsParagraph && index > 0 ? '\n' : '';
    text += gap + atom.text;
    if (atom.translation !== null)
      translation += (translation === '' ? '' : gap) + atom.translation;
  }
  return { text, translation: translation === '' ? null : translation };
}
