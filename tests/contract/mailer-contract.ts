import { type Mailer, MailRefused } from '../../backend/mail/mailer.ts';

/** What arrived, as a mail program reads it. */
export interface Delivered {
  from: { name: string; address: string };
  to: string[];
  subject: string;
  text: string;
  headers: string[];
}

export interface OpenedMailer {
  mailer: Mailer;
  delivered(): Promise<Delivered[]>;
  dispose(): Promise<void>;
}

const LINK = `https://guoxue.example.org/reset-password?token=${'x'.repeat(43)}`;
const mail = {
  kind: 'reset-password',
  to: 'yan.hui@example.org',
  subject: '重设密码：𠮷野家 "引号" <尖括号>',
  text: `你好：\n\n请打开链接：\n\n${LINK}\n\n国学导师\n`,
};

export function describeMailerContract(name: string, open: () => Promise<OpenedMailer>): void {
  describe(`${name} as a mailer`, () => {
    let opened: OpenedMailer;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());

    it('delivers whole what was written, to the one it is for', async () => {
      await opened.mailer.send(mail);
      const [only, ...others] = await opened.delivered();
      expect(others).toEqual([]);
      expect(only).toMatchObject({
        from: { name: '国学导师', address: 'tutor@example.org' },
        to: [mail.to],
        subject: mail.subject,
      });
      expect(only?.text.trim()).toBe(mail.text.trim());
      expect(only?.text.split('\n').map((line) => line.trimEnd())).toContain(LINK);
    });

    it('says when it was written and that no person wrote it', async () => {
      await opened.mailer.send(mail);
      const [only] = await opened.delivered();
      const headers = only?.headers.map((header) => header.toLowerCase());
      expect(headers).toEqual(
        expect.arrayContaining(['date', 'message-id', 'mime-version', 'auto-submitted']),
      );
      expect(new Set(headers).size).toBe(headers?.length);
    });

    it('keeps many mails at once apart', async () => {
      const wanted = Array.from({ length: 12 }, (_, n) => `learner-${n}@example.org`);
      await Promise.all(wanted.map((to) => opened.mailer.send({ ...mail, to, text: `给 ${to}` })));
      const got = await opened.delivered();
      expect(got.map(({ to }) => to.join()).sort()).toEqual([...wanted].sort());
      for (const { to, text } of got) expect(text.trim()).toBe(`给 ${to.join()}`);
    });

    it.each([
      ['a second line', 'a@example.org\r\nBcc: all@example.org'],
      ['a bare line feed', 'a@example.org\nSubject: prize'],
      ['a bare carriage return', 'a@example.org\rBcc: all@example.org'],
      ['a line separator', 'a@example.org\u2028Bcc: all@example.org'],
      ['a second address', 'a@example.org, b@example.org'],
      ['a list in a group', 'friends:a@example.org;'],
      ['a name beside it', 'Somebody <a@example.org>'],
      ['a comment', 'a@example.org(b@example.org)'],
      ['nothing', ''],
      ['no domain', 'a@'],
      ['a zero', 'a\0@example.org'],
      ['too much', `${'a'.repeat(300)}@example.org`],
    ])('takes %s for no recipient, and sends nothing', async (_, to) => {
      await expect(opened.mailer.send({ ...mail, to })).rejects.toThrow(MailRefused);
      expect(await opened.delivered()).toEqual([]);
    });

    it.each(['重设\r\nBcc: all@example.org', '重设\nX: y', '重设\0', '重设\u2029', '\ud800'])(
      'takes %j for no subject',
      async (subject) => {
        await expect(opened.mailer.send({ ...mail, subject })).rejects.toThrow(TypeError);
        expect(await opened.delivered()).toEqual([]);
      },
    );

    it.each(['../../etc/passwd', 'a b', '', 'X'])('takes %j for no kind', async (kind) => {
      await expect(opened.mailer.send({ ...mail, kind })).rejects.toThrow(TypeError);
      expect(await opened.delivered()).toEqual([]);
    });

    it('lets nothing in the text become a header or end the mail', async () => {
      const text = '第一行\n.\nQUIT\nBcc: all@example.org\n..两点\n末行\n';
      await opened.mailer.send({ ...mail, text });
      const [only, ...others] = await opened.delivered();
      expect(others).toEqual([]);
      expect(only?.to).toEqual([mail.to]);
      expect(only?.text.replaceAll('\r\n', '\n').trim()).toBe(text.trim());
    });

    it('sends nothing for somebody who is on the way out', async () => {
      const reason = new Error('stopping');
      await expect(opened.mailer.send(mail, AbortSignal.abort(reason))).rejects.toThrow();
      expect(await opened.delivered()).toEqual([]);
    });
  });
}
