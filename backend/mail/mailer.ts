/** A mail as somebody here writes it: plain text to one person. */
export interface Mail {
  /** What it is for, in a word or two for files and logs: `reset-password`. */
  kind: string;
  to: string;
  subject: string;
  text: string;
}

/**
 * Hands mails to whoever delivers them. Both adapters promise:
 * - when `send` resolves the mail is out of our hands and whole: accepted by the server, or a file;
 * - a mail that can never be delivered (the recipient does not exist) rejects with {@link MailRefused};
 *   anything else that goes wrong rejects with another error and may be tried again;
 * - nothing a person has typed gets into a header other than the one it is meant for;
 * - no error names the recipient or a credential.
 * A mail may go out twice when the connection ends between its acceptance and the news of it.
 */
export interface Mailer {
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** There is no use in trying again. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}

const KIND = /^[a-z]+(-[a-z]+)*$/;
/** Neither a second address nor a second header can hide in one of these. */
const ONE_ADDRESS = /^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()\\,;"@]+$/u;
const LONGEST_ADDRESS = 254;

export function isOneAddress(address: string): boolean {
  return address.length <= LONGEST_ADDRESS && ONE_ADDRESS.test(address);
}

export function isOneLine(value: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) && value.isWellFormed();
}

/** Refuses a mail whose header values would not stay within their headers. */
export function requireSafeHeaders({ kind, to, subject }: Mail): void {
  if (!KIND.test(kind)) throw new TypeError('the kind of a mail is words and hyphens');
  if (!isOneLine(subject)) throw new TypeError('the subject of a mail is one line');
  if (!isOneAddress(to)) throw new MailRefused('this is not the address of one recipient');
}
