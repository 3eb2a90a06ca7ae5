let list: Promise<ReadonlySet<string>> | undefined;

/** Some fifty thousand passwords that were found most often in leaks, in lower case. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= load();
  return list;
}

/** Loaded when the first password is chosen: most processes and most days never need it. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
