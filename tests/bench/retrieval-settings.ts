/** A suite of questions; `passages` is the table it asks about, where that is not the default library. */
export interface SuiteFile {
  suite: string;
  passages?: string | undefined;
}

export interface Settings {
  suites: readonly SuiteFile[];
  /** Questions of each suite. */
  atMost: number;
  /** Also among hundreds of thousands of poems. */
  poems: boolean;
}

const AT_MOST = '--at-most=';

export function readSettings(args: readonly string[]): Settings {
  const limit = args.find((argument) => argument.startsWith(AT_MOST))?.slice(AT_MOST.length);
  const atMost = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  if (!(atMost > 0)) throw new Error(`${AT_MOST}N wants a number`);
  const files = args.filter((argument) => !argument.startsWith('--'));
  const suites = files.map((file): SuiteFile => {
    const [suite = file, passages] = file.split('=');
    return { suite, passages };
  });
  return { suites, atMost, poems: args.includes('--poems') };
}
