import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Email } from 'postal-mime';
import { type Mailer, MailRefused } from '../../backend/mail/mailer.ts';
import { createOutboxMailer } from '../../backend/mail/outbox-mailer.ts';
import { createSmtpMailer } from '../../backend/mail/smtp-mailer.ts';
import { readOutbox } from '../support/outbox.ts';
import { openSmtpStandIn, type SmtpStandIn } from '../support/smtp-stand-in.ts';
import { type Delivered, describeMailerContract } from './mailer-contract.ts';

const from = { name: '国学导师', address: 'tutor@example.org' };
const mail = { kind: 'verify-email', to: 'a@example.org', subject: '确认', text: '正文 <b>&\n' };

function toDelivered(parsed: Email): Delivered {
  const { name = '', address = '' } = parsed.from ?? {};
  return {
    from: { name, address },
    to: (parsed.to ?? []).map((recipient) => recipient.address ?? ''),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    headers: parsed.headers.map(({ key }) => key),
  };
}

describeMailerContract('SMTP', async () => {
  const server = await openSmtpStandIn();
  const mailer = createSmtpMailer({ url: server.url, from });
  return {
    mailer,
    delivered: async () => {
      for (const { recipients, parsed } of server.mails) {
        expect(recipients).toEqual(toDelivered(parsed).to);
      }
      return server.mails.map(({ parsed }) => toDelivered(parsed));
    },
    dispose: async () => {
      await mailer.close();
      await server.close();
    },
  };
});

describeMailerContract('the outbox', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-outbox-'));
  const mailer = createOutboxMailer({ folder, from });
  return {
    mailer,
    delivered: async () => (await readOutbox(folder)).map(({ parsed }) => toDelivered(parsed)),
    dispose: async () => {
      await mailer.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('the outbox', () => {
  let folder: string;
  let mailer: Mailer;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'guoxue-outbox-')), 'outbox');
    mailer = createOutboxMailer({ folder, from: { ...from, name: 'Tutor, "国学"' } });
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  it('is readable by nobody else, and named so that a listing is in order', async () => {
    await mailer.send(mail);
    const names = await readdir(folder);
    expect(names).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-verify-email-[0-9a-f]{12}\.eml$/,
      ),
    ]);
    expect((await stat(path.join(folder, names[0] ?? ''))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('shows a person the words as they are', async () => {
    await mailer.send(mail);
    const [only] = await readOutbox(folder);
    expect(only?.source.split('\n')).toEqual(
      expect.arrayContaining(['To: a@example.org', 'Subject: 确认', '正文 <b>&']),
    );
    expect(only?.source).not.toContain('\r');
    expect(only?.parsed.from).toMatchObject({ name: 'Tutor, "国学"', address: from.address });
  });

  it('leaves no half a mail behind where it cannot write', async () => {
    await mailer.send(mail);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder should be');
    await expect(mailer.send(mail)).rejects.not.toThrow(MailRefused);
    await rm(folder);
    await mailer.send(mail);
    await chmod(folder, 0o700);
    expect(await readdir(folder)).toHaveLength(1);
  });
});

describe('SMTP', () => {
  const login = { user: 'tutor@example.org', pass: 'p@ss:w/ord 学' };
  let server: SmtpStandIn;
  let mailer: Mailer;
  const open = async (options: Parameters<typeof openSmtpStandIn>[0] = {}) => {
    server = await openSmtpStandIn(options);
    mailer = createSmtpMailer({ url: server.url, from });
  };
  afterEach(async () => {
    await mailer.close();
    await server.close();
  });

  it('carries the same words as HTML, escaped, with the link to click', async () => {
    await open();
    const link = 'https://guoxue.example.org/verify-email?token=abc&x=1';
    await mailer.send({ ...mail, text: `${mail.text}\n${link}\n` });
    const html = server.mails[0]?.parsed.html ?? '';
    expect(html).toContain('正文 &lt;b&gt;&amp;');
    const escaped = link.replace('&', '&amp;');
    expect(html).toContain(`<a href="${escaped}">${escaped}</a>`);
  });

  it.each([550, 553, 551])('takes %d for a recipient as final', async (code) => {
    await open();
    server.refuse(/^a@/, code);
    const refusal = mailer.send(mail);
    await expect(refusal).rejects.toThrow(MailRefused);
    await expect(refusal).rejects.toThrow(String(code));
    await expect(refusal).rejects.not.toThrow('a@example.org');
    await mailer.send({ ...mail, to: 'b@example.org' });
    expect(server.mails.map(({ recipients }) => recipients)).toEqual([['b@example.org']]);
  });

  it('takes a refusal of the message as final, and a full mailbox as passing', async () => {
    await open();
    server.refuseMessages(554);
    await expect(mailer.send(mail)).rejects.toThrow(MailRefused);
    server.refuseMessages(undefined);
    server.refuse(/^a@/, 452);
    await expect(mailer.send(mail)).rejects.not.toThrow(MailRefused);
    server.refuse(undefined);
    await mailer.send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it('does not take a connection that is cut for a refusal, and connects anew', async () => {
    await open();
    await mailer.send(mail);
    server.dropNext(2);
    const failure = await mailer.send(mail).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefused);
    await mailer.send(mail);
    expect(server.mails).toHaveLength(2);
  });

  it('says nothing of the password when the server does not take it', async () => {
    await open({ login });
    await mailer.send(mail);
    const url = new URL(server.url);
    url.password = encodeURIComponent('wr0ng-secret');
    const other = createSmtpMailer({ url: url.href, from });
    const failure: unknown = await other.send(mail).catch((error: unknown) => error);
    await other.close();
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefused);
    const said = JSON.stringify(failure, Object.getOwnPropertyNames(failure));
    expect(said).toContain('535');
    for (const form of ['wr0ng-secret', Buffer.from('wr0ng-secret').toString('base64')]) {
      expect(said).not.toContain(form);
    }
  });

  it('fails when nobody is there, and may be tried again', async () => {
    await open();
    const nobody = createSmtpMailer({ url: 'smtp://127.0.0.1:1', from });
    const failure = await nobody.send(mail).catch((error: unknown) => error);
    await nobody.close();
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefused);
  });
});
