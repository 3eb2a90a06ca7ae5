import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import PostalMime, { type Email } from 'postal-mime';

export interface OutboxMail {
  file: string;
  source: string;
  parsed: Email;
}

/** The mails that a service without a mail server has written, oldest first. */
export async function readOutbox(folder: string): Promise<OutboxMail[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      const source = await readFile(file, 'utf8');
      return { file, source, parsed: await PostalMime.parse(source) };
    }),
  );
}
