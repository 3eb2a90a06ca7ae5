import path from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import { defaultMailSender, type MailSender, readMailSender } from './mail-sender.ts';
import type { Mailer } from './mailer.ts';
import { createOutboxMailer } from './outbox-mailer.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/** Over SMTP_URL where it is set, else as files; `description` says which, for people. */
export function createMailer(config: Pick<Config, 'mail' | 'publicUrl' | 'dataDir'>): {
  mailer: Mailer;
  description: string;
} {
  const from = senderIn(config);
  const { smtpUrl } = config.mail;
  if (smtpUrl) return { mailer: createSmtpMailer({ url: smtpUrl, from }), description: 'SMTP' };
  const folder = path.join(config.dataDir, 'outbox');
  return {
    mailer: createOutboxMailer({ folder, from }),
    description: `存为文件 ${path.join(folder, '*.eml')}`,
  };
}

function senderIn({ mail, publicUrl }: Pick<Config, 'mail' | 'publicUrl'>): MailSender {
  if (mail.from === undefined) return defaultMailSender(publicUrl);
  const sender = readMailSender(mail.from);
  if (sender) return sender;
  throw new ConfigError('MAIL_FROM: must be an address or “name <address>”');
}
