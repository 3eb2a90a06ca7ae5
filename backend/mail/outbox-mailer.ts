import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';
import type { MailSender } from './mail-sender.ts';
import { type Mail, type Mailer, requireSafeHeaders } from './mailer.ts';

const PLAIN_NAME = /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{N} -]+$/u;

/**
 * For a site without a mail server: each mail becomes a file that only we may read, named by time
 * so that a listing is in order, readable with `cat` and opened by mail programs.
 */
export function createOutboxMailer(parts: { folder: string; from: MailSender }): Mailer {
  const { folder, from } = parts;
  return {
    async send(mail, signal) {
      requireSafeHeaders(mail);
      signal?.throwIfAborted();
      makeFolder(folder);
      const now = new Date();
      const random = randomBytes(6).toString('hex');
      const name = `${now.toISOString().replaceAll(':', '-')}-${mail.kind}-${random}.eml`;
      await writeWhole(path.join(folder, name), toMessage(mail, from, now, random));
    },
    async close() {},
  };
}

/** The file appears whole or not at all, and stays when the machine stops right after. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A message after RFC 5322, its headers and body in plain UTF-8 (RFC 6532) for people to read. */
function toMessage(mail: Mail, from: MailSender, now: Date, random: string): string {
  const name = PLAIN_NAME.test(from.name)
    ? from.name
    : `"${from.name.replaceAll(/["\\]/g, '\\$&')}"`;
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return [
    `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
    `From: ${name} <${from.address}>`,
    `To: ${mail.to}`,
    `Subject: ${mail.subject}`,
    `Message-ID: <${now.getTime()}.${random}@${domain}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `${mail.text.trim()}\n`,
  ].join('\n');
}
