import path from 'node:path';
import type { Email } from 'postal-mime';
import { eventually } from './eventually.ts';
import { readOutbox } from './outbox.ts';
import type { ServiceSpace } from './service-space.ts';
import { openSmtpStandIn } from './smtp-stand-in.ts';

export interface PersonalMail {
  subject: string;
  text: string;
}

/** All that a service mails, whichever way it goes out: by a mail server to a site, else as files. */
export interface Mailbox {
  /** What to start the service with. */
  environment: Record<string, string>;
  all(): Promise<(PersonalMail & { to: string })[]>;
  /** What one address got so far, oldest first. */
  of(address: string): Promise<PersonalMail[]>;
  /** Waits until the address has got so many mails of this subject, and returns the last. */
  next(address: string, subject: string, count?: number): Promise<PersonalMail>;
  /** The same, and the token in its link. */
  token(address: string, subject: string, count?: number): Promise<string>;
}

export const PUBLIC_URL = 'https://guoxue.example.org';
const LINK = /^https:\/\/guoxue\.example\.org\/(verify-email|reset-password)\?token=([\w-]{43})$/m;

/** A mail server for a site; on a laptop, the outbox. */
export async function openMailbox(space: ServiceSpace): Promise<Mailbox> {
  const environment: Record<string, string> = { PUBLIC_URL };
  let all: Mailbox['all'];
  if (space.mode === 'services') {
    const smtp = await openSmtpStandIn();
    space.beforeDisposal(() => smtp.close());
    environment.SMTP_URL = smtp.url;
    all = async () =>
      smtp.mails.map(({ recipients, parsed }) => ({ to: recipients.join(), ...contentOf(parsed) }));
  } else {
    all = async () =>
      (await readOutbox(path.join(space.dataDir, 'outbox'))).map(({ parsed }) => ({
        to: (parsed.to ?? []).map(({ address }) => address).join(),
        ...contentOf(parsed),
      }));
  }
  const of = async (address: string) => (await all()).filter(({ to }) => to === address);
  const next: Mailbox['next'] = async (address, subject, count = 1) => {
    const such = async () => (await of(address)).filter((mail) => mail.subject === subject);
    await eventually(
      `${address} has got ${count} × ${subject}`,
      async () => (await such()).length >= count,
      15_000,
    );
    const mail = (await such())[count - 1];
    if (!mail) throw new Error('it was there a moment ago');
    return mail;
  };
  return {
    ...{ environment, all, of, next },
    async token(address, subject, count) {
      const { text } = await next(address, subject, count);
      const token = LINK.exec(text)?.[2];
      if (token === undefined) throw new Error(`no link in: ${text}`);
      return token;
    },
  };
}

function contentOf({ subject = '', text = '' }: Email): PersonalMail {
  return { subject, text };
}
