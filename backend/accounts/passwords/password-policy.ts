import { invalidInput } from '../../http/failure.ts';
import { isAnniversary, isCommon, isMonotonous, isTrivial, lengthOf } from './guessable.ts';

const SHORTEST = 8;
const LONGEST = 128;
/** Before anything is computed with it; normalising can make a text many times longer. */
const LONGEST_RAW = 1_024;

const SITE_NAMES = ['guoxue', 'guoxuetutor', 'tutor', '国学', '国学导师', '导师'];
/** Words shorter than this are found in anything. */
const SHORTEST_WORD = 3;
const SHORTEST_HAN_WORD = 2;

export const PERSONAL_FAULT = '密码不能主要由邮箱、昵称或本站名称组成';

const fold = (text: string) => text.normalize('NFKC').toLowerCase();

/**
 * What is wrong with a password; `undefined` when nothing is. After NIST SP 800-63B-4, section 3.1.1:
 * length and blocklists, no rules of composition, blanks are welcome. Refused is what can be guessed:
 * rows and repetitions, dates, what many have, the site's name and what is known of its owner
 * (`personal`: address, nickname), also with next to nothing beside it.
 */
export function passwordFault(
  password: string,
  personal: readonly string[] = [],
): string | undefined {
  if (password.length > LONGEST_RAW) return `密码最多 ${LONGEST} 位`;
  const length = lengthOf(password.normalize('NFKC'));
  if (length < SHORTEST) return `密码至少 ${SHORTEST} 位`;
  if (length > LONGEST) return `密码最多 ${LONGEST} 位`;
  const folded = fold(password);
  if (isMonotonous(folded)) return '密码太简单：不能只是重复或连续的字符';
  if (isAnniversary(folded)) return '密码太简单：不能主要由一个日期组成';
  return (
    personalFault(password, [...personal, ...SITE_NAMES]) ??
    (isCommon(folded) ? '这个密码太常见，很容易被猜到，请换一个' : undefined)
  );
}

/** Of a password that is made of these words and next to nothing else. */
export function personalFault(password: string, personal: readonly string[]): string | undefined {
  const letters = (text: string) => fold(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
  const own = letters(password);
  const words = personal
    .flatMap((each) => [each, each.split('@')[0] ?? ''])
    .map(letters)
    .filter((word) => lengthOf(word) >= shortest(word));
  const made = words.some((word) => own.includes(word) && isTrivial(own.replaceAll(word, '')));
  return made ? PERSONAL_FAULT : undefined;
}

export function requireGoodPassword(password: string, personal: readonly string[]): void {
  const fault = passwordFault(password, personal);
  if (fault) throw invalidInput([{ path: 'password', message: fault }]);
}

function shortest(word: string): number {
  return /\p{Script=Han}/u.test(word) ? SHORTEST_HAN_WORD : SHORTEST_WORD;
}
