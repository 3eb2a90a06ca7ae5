import { createRequire } from 'node:module';

let list: ReadonlySet<string> | undefined;

/** Some fifty thousand passwords that were found most often in leaks, in lower case. */
export function commonPasswords(): ReadonlySet<string> {
  list ??= load();
  return list;
}

/**
 * Loaded when the first password is chosen: most processes and most days never need it. At once,
 * which holds everybody up for some 25 ms once, so that a form's faults can all be said together.
 */
function load(): ReadonlySet<string> {
  const require = createRequire(import.meta.url);
  const {
    dictionary,
  }: typeof import('@zxcvbn-ts/language-common') = require('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
