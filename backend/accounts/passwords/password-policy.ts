import { AppError } from '../../errors.ts';
import { commonPasswords } from './common-passwords.ts';

const SHORTEST = 8;
const LONGEST = 128;
/** Before anything is computed with it; normalising can make a text many times longer. */
const LONGEST_RAW = 1_024;

const SITE_NAMES = ['guoxue', 'guoxuetutor', 'tutor', '国学', '国学导师', '导师'];
/** So little beside a word that is easily guessed does not make it any better. */
const NEXT_TO_NOTHING = 4;
/** Words shorter than this are found in anything. */
const SHORTEST_WORD = 3;
const SHORTEST_HAN_WORD = 2;

const lengthOf = (text: string) => [...text].length;
const fold = (text: string) => text.normalize('NFKC').toLowerCase();

/**
 * What can be said of a password by itself; `undefined` when nothing is wrong. After NIST SP
 * 800-63B-4, section 3.1.1: length and blocklists, no rules of composition, blanks are welcome.
 */
export function passwordFault(password: string): string | undefined {
  if (password.length > LONGEST_RAW) return `密码最多 ${LONGEST} 位`;
  const length = lengthOf(password.normalize('NFKC'));
  if (length < SHORTEST) return `密码至少 ${SHORTEST} 位`;
  if (length > LONGEST) return `密码最多 ${LONGEST} 位`;
  if (isMonotonous(fold(password))) return '密码太简单：不能只是重复或连续的字符';
  return undefined;
}

/**
 * Refuses a password that can be guessed: on the list of common ones, or made of what is known of
 * its owner (`personal`: address, nickname) or of this site.
 */
export async function requireGoodPassword(
  password: string,
  personal: readonly string[],
): Promise<void> {
  const fault =
    passwordFault(password) ??
    (saysWhoItIs(password, personal) ? '密码不能主要由邮箱、昵称或本站名称组成' : undefined) ??
    ((await isCommon(password)) ? '这个密码太常见，很容易被猜到，请换一个' : undefined);
  if (!fault) return;
  throw new AppError(400, 'invalid_input', `${fault}。`, {
    details: [{ path: 'password', message: fault }],
  });
}

/** At most two stretches in which each character follows the last in the same way: aaaa1234. */
function isMonotonous(text: string): boolean {
  const points = [...text.replaceAll(/\s/g, '')].map((character) => character.codePointAt(0) ?? 0);
  if (isRepetition(points)) return true;
  let stretches = 1;
  let step: number | undefined;
  for (let n = 1; n < points.length; n += 1) {
    const next = stepBetween(points[n - 1] ?? 0, points[n] ?? 0);
    if (step !== undefined && next !== step) {
      stretches += 1;
      step = undefined;
    } else if (Math.abs(next) > 1) {
      stretches += 1;
    } else {
      step = next;
    }
  }
  return stretches <= 2;
}

/** From 9 the row of digits goes on with 0. */
function stepBetween(from: number, to: number): number {
  if (from === 0x39 && to === 0x30) return 1;
  if (from === 0x30 && to === 0x39) return -1;
  return to - from;
}

/** Up to four characters over and over, the last time perhaps not to the end. */
function isRepetition(points: readonly number[]): boolean {
  return [1, 2, 3, 4].some((unit) =>
    points.every((point, n) => n < unit || point === points[n - unit]),
  );
}

/** Also with a head or tail that is no letter, and short or common itself: woaini5201314. */
async function isCommon(password: string): Promise<boolean> {
  const common = await commonPasswords();
  const folded = fold(password);
  const joined = folded.replaceAll(/\s/g, '');
  if (common.has(folded) || common.has(joined)) return true;
  const word = joined.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  if (lengthOf(word) < NEXT_TO_NOTHING || !common.has(word)) return false;
  const rest = joined.replace(word, '');
  return lengthOf(rest) <= NEXT_TO_NOTHING || common.has(rest);
}

function saysWhoItIs(password: string, personal: readonly string[]): boolean {
  const letters = (text: string) => fold(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
  const own = letters(password);
  const words = [...personal, ...personal.map((each) => each.split('@')[0] ?? ''), ...SITE_NAMES]
    .map(letters)
    .filter((word) => lengthOf(word) >= shortest(word));
  return words.some((word) => {
    const rest = own.replaceAll(word, '');
    return rest !== own && lengthOf(rest) <= NEXT_TO_NOTHING;
  });
}

function shortest(word: string): number {
  return /\p{Script=Han}/u.test(word) ? SHORTEST_HAN_WORD : SHORTEST_WORD;
}
