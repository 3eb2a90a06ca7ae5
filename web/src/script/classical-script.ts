/** How classical text and answers are shown; what is stored never changes. */
export type Script = 'source' | 'simplified' | 'traditional';

export const SCRIPTS: readonly Script[] = ['simplified', 'traditional', 'source'];

export type Convert = (text: string) => string;

export function readScript(value: string | null): Script {
  return SCRIPTS.find((script) => script === value) ?? 'simplified';
}

/**
 * The dictionary writes a lone 乾 as 干, which is right for 乾燥 and wrong for the first hexagram;
 * in the classics the hexagram is the rule.
 */
export function sparingQian(convert: Convert): Convert {
  return (text) => text.split('乾').map(convert).join('乾');
}
