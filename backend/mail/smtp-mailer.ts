import { createTransport } from 'nodemailer';
import { htmlAlternative } from './html-alternative.ts';
import type { MailSender } from './mail-sender.ts';
import { type Mail, type Mailer, MailRefused, requireSafeHeaders } from './mailer.ts';

const CONNECTIONS = 2;
const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
/** A server that trickles its replies is given up on after this long. */
const WHOLE_DELIVERY_MS = 60_000;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;
/** Where a 5yz reply speaks of this recipient or this mail, and not of us as a sender. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];

interface SmtpFailure {
  message?: unknown;
  code?: unknown;
  command?: unknown;
  permanent?: unknown;
}

/**
 * Sends over SMTP_URL. `smtps://` is TLS from the start; with `smtp://` STARTTLS is used where the
 * server offers it, and is a must before a password goes out over a network. What the URL's query
 * says about TLS (`?tls.rejectUnauthorized=false`, `?ignoreTLS=true`) is taken over.
 */
export function createSmtpMailer(parts: { url: string; from: MailSender }): Mailer {
  const { from } = parts;
  const transport = createTransport({
    url: parts.url,
    pool: true,
    maxConnections: CONNECTIONS,
    // A connection that the server had closed meanwhile: once more; the rest is for the job.
    maxRequeues: 1,
    connectionTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    logger: false,
    debug: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(needsTls(parts.url) ? { requireTLS: true } : {}),
  });
  // Failures reach whoever sends; without a listener one of an idle connection would end the process.
  transport.on('error', () => undefined);

  return {
    async send(mail, signal) {
      requireSafeHeaders(mail);
      const deadline = AbortSignal.timeout(WHOLE_DELIVERY_MS);
      await transport
        .sendMail({
          from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: htmlAlternative(mail.text),
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        })
        .catch((failure: unknown) => {
          throw describe(failure, mail);
        });
    },
    async close() {
      transport.close({ force: true });
    },
  };
}

function needsTls(url: string): boolean {
  const { protocol, username, hostname, searchParams } = new URL(url);
  if (searchParams.has('ignoreTLS') || searchParams.has('requireTLS')) return false;
  return protocol === 'smtp:' && username !== '' && !LOOPBACK.test(hostname);
}

/** The library's error carries what was said to the server; only the server's words are kept. */
function describe(failure: unknown, { to }: Mail): Error {
  const { message, code, command, permanent }: SmtpFailure = Object(failure);
  const words = String(message).replaceAll(to, '<recipient>');
  const reason = `mail not sent: ${words} (${[code, command].filter(Boolean).join(', ')})`;
  const final = permanent === true && ABOUT_THE_MAIL.includes(String(command));
  return final ? new MailRefused(reason) : new Error(reason);
}
