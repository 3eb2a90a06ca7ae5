import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Where the command was given. */
export interface Terminal {
  environment: Record<string, string | undefined>;
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  /** Aborts when somebody presses Ctrl-C. */
  signal: AbortSignal;
}

/** Asks for a line; what is typed after `hidden` is not shown. */
export async function ask(
  { input, output, signal }: Terminal,
  question: string,
  { hidden = false } = {},
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: hidden ? silent : output, terminal: hidden });
  try {
    if (hidden) output.write(question);
    return (await lines.question(hidden ? '' : question, { signal })).trim();
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
}
