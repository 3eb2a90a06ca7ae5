import { isIP } from 'node:net';
import { isOneAddress, isOneLine } from './mailer.ts';

/** From whom mails come, as a mail program shows it. */
export interface MailSender {
  name: string;
  address: string;
}

const SITE_NAME = '国学导师';
/** `Name <address>`, the name perhaps in quotation marks. */
const NAMED = /^(?:"([^"\\]*)"|([^"<>\\]*?))\s*<([^<>]+)>$/;

/** Reads `国学导师 <tutor@example.org>` or a bare address; `undefined` when it is neither. */
export function readMailSender(from: string): MailSender | undefined {
  if (!isOneLine(from)) return undefined;
  const [, quoted, plain, within] = NAMED.exec(from.trim()) ?? [];
  const address = within?.trim() ?? from.trim();
  if (!isOneAddress(address)) return undefined;
  return { name: (quoted ?? plain)?.trim() || SITE_NAME, address };
}

/** Where no sender is set: an address of the site itself that nobody reads. */
export function defaultMailSender(publicUrl: string): MailSender {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  const domain = version === 0 ? host : `[${version === 6 ? 'IPv6:' : ''}${host}]`;
  return { name: SITE_NAME, address: `no-reply@${domain}` };
}
