import { foldCodePoint } from '../../../ai/rag/folding.ts';
import type { DocumentReport, Sample } from './parsed-document.ts';

/** Counts what a text is made of, passage by passage. */
export interface TextSurvey {
  /** Returns how many Han characters and lacunae it has. */
  add(text: string): number;
  script(): DocumentReport['script'];
  lacunae: Sample;
  unknownCharacters: Sample;
}

const HAN = 1;
/** Has another form in simplified script. */
const TRADITIONAL = 2;
/** Is the simplified form of another. */
const SIMPLIFIED = 4;
const LACUNA = 8;
/** Private use, unassigned or broken: nobody else will see what was meant. */
const UNKNOWN = 16;
const KNOWN = 128;

const EXAMPLES = 5;
const CONTEXT = 8;
/** Fewer telling characters say nothing of the script. */
const FEWEST_TELLING = 3;

/** Kinds of the code units of the basic plane, found out when first met. */
const kinds = new Uint8Array(0x10000);
let simplifiedForms: Set<string> | undefined;

export function createTextSurvey(): TextSurvey {
  const lacunae: Sample = { count: 0, examples: [] };
  const unknownCharacters: Sample = { count: 0, examples: [] };
  let traditional = 0;
  let simplified = 0;
  return {
    lacunae,
    unknownCharacters,
    add(text) {
      let han = 0;
      for (let index = 0; index < text.length; index += 1) {
        const unit = text.charCodeAt(index);
        const astral = unit >= 0xd800 && unit <= 0xdbff;
        const kind = astral ? kindOf(text.codePointAt(index) ?? unit) : kinds[unit] || learn(unit);
        if ((kind & (HAN | LACUNA)) !== 0) han += 1;
        if ((kind & TRADITIONAL) !== 0) traditional += 1;
        else if ((kind & SIMPLIFIED) !== 0) simplified += 1;
        if ((kind & LACUNA) !== 0) note(lacunae, text, index);
        if ((kind & UNKNOWN) !== 0) note(unknownCharacters, text, index);
        if (astral) index += 1;
      }
      return han;
    },
    script() {
      const telling = traditional + simplified;
      if (telling < FEWEST_TELLING) return 'unknown';
      const share = traditional / telling;
      // Forms like 后 and 云 belong to both scripts, so a traditional text has its share of simplified ones.
      if (share > 0.6) return 'traditional';
      return share < 0.12 ? 'simplified' : 'mixed';
    },
  };
}

function note(sample: Sample, text: string, index: number): void {
  sample.count += 1;
  if (sample.examples.length >= EXAMPLES) return;
  const around = text.slice(Math.max(0, index - CONTEXT), index + CONTEXT).toWellFormed();
  sample.examples.push(around.replaceAll('\n', ' '));
}

function learn(unit: number): number {
  const kind = kindOf(unit) | KNOWN;
  kinds[unit] = kind;
  return kind;
}

function kindOf(code: number): number {
  const character = String.fromCodePoint(code);
  if (/[□■▢〓●]/u.test(character)) return LACUNA;
  if (/[\p{Co}\p{Cn}\p{Cs}\ufffd]/u.test(character)) return UNKNOWN;
  if (!/\p{Script=Han}/u.test(character)) return 0;
  if (foldCodePoint(character) !== character) return HAN | TRADITIONAL;
  simplifiedForms ??= readSimplifiedForms();
  return simplifiedForms.has(character) ? HAN | SIMPLIFIED : HAN;
}

function readSimplifiedForms(): Set<string> {
  const forms = new Set<string>();
  for (let code = 0x4e00; code <= 0x9fff; code += 1) {
    const character = String.fromCodePoint(code);
    const folded = foldCodePoint(character);
    if (folded !== character) forms.add(folded);
  }
  return forms;
}
