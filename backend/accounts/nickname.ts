export const LONGEST_NICKNAME = 32;

/** Control characters (line breaks too), and marks that turn the direction of text or are not seen. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Without what could make a name look like another, or run over what stands beside it. */
export function cleanNickname(given: string): string {
  return given.replaceAll(UNSEEN, '').trim();
}

/** Joiners may stand within a name (families of emoji), but they are none by themselves. */
export function canBeSeen(nickname: string): boolean {
  return VISIBLE.test(nickname);
}
