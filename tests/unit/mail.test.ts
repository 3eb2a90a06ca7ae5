import {
  noticeMail,
  resetMail,
  verificationMail,
} from '../../backend/accounts/email/mail-texts.ts';
import { ConfigError } from '../../backend/config.ts';
import { createMailer } from '../../backend/mail/create-mailer.ts';
import { htmlAlternative } from '../../backend/mail/html-alternative.ts';
import { defaultMailSender, readMailSender } from '../../backend/mail/mail-sender.ts';

describe('the sender of mails', () => {
  it.each([
    ['国学导师 <tutor@example.org>', '国学导师', 'tutor@example.org'],
    ['"Tutor, the" <tutor@example.org>', 'Tutor, the', 'tutor@example.org'],
    ['tutor@example.org', '国学导师', 'tutor@example.org'],
    [' <tutor@example.org> ', '国学导师', 'tutor@example.org'],
  ])('is read from %s', (from, name, address) => {
    expect(readMailSender(from)).toEqual({ name, address });
  });

  it.each([
    'nobody',
    'a@b@c',
    'A <a@b.cn>, B <b@b.cn>',
    'A <a@b.cn>\r\nBcc: all@b.cn',
    'A\n<a@b.cn>',
    '',
    '<>',
  ])('is not taken from %j', (from) => {
    expect(readMailSender(from)).toBeUndefined();
    const mail = { smtpUrl: undefined, from };
    const config = { mail, publicUrl: 'http://localhost', dataDir: '/nowhere' };
    expect(() => createMailer(config)).toThrow(ConfigError);
  });

  it.each([
    ['https://guoxue.example.org', 'no-reply@guoxue.example.org'],
    ['http://localhost:3000', 'no-reply@localhost'],
    ['http://192.168.1.5:3000/tutor', 'no-reply@[192.168.1.5]'],
    ['http://[2001:db8::1]:3000', 'no-reply@[IPv6:2001:db8::1]'],
  ])('is by default an address of %s', (url, address) => {
    expect(defaultMailSender(url)).toEqual({ name: '国学导师', address });
    expect(readMailSender(address)).toEqual({ name: '国学导师', address });
  });
});

describe('the HTML of a mail', () => {
  it('is the text, with nothing in it that is not escaped', () => {
    const html = htmlAlternative('你好 <script>alert("1")</script> & \'你\'\n\n第二段\n第二行\n');
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;你&#39;');
    expect(html).toContain('<p>第二段<br>\n第二行</p>');
  });

  it('makes a link of an address, and only of the address', () => {
    const html = htmlAlternative('见 https://a.cn/x?token=1&y="><b> 。');
    expect(html).toContain(
      '<a href="https://a.cn/x?token=1&amp;y=">https://a.cn/x?token=1&amp;y=</a>&quot;&gt;',
    );
    expect(html).not.toContain('<b>');
  });
});

describe('the mails of accounts', () => {
  const link = 'https://guoxue.example.org/reset-password?token=abc';
  const all = [
    verificationMail(link),
    resetMail(link),
    ...(
      [
        'password_changed',
        'password_reset',
        'email_changed',
        'wechat_linked',
        'wechat_unlinked',
        'account_closing',
      ] as const
    ).map(noticeMail),
  ];

  it('have a subject of one short line each, and differ', () => {
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(all.length);
    for (const { subject, kind } of all) {
      expect(subject).toMatch(/^\p{Script=Han}{4,12}$/u);
      expect(kind).toMatch(/^[a-z]+(-[a-z]+)+$/);
    }
  });

  it('have the link on a line of its own, or none', () => {
    const linked = all.filter(({ text }) => text.split('\n').includes(link));
    expect(linked.map(({ kind }) => kind)).toEqual(['verify-email', 'reset-password']);
    for (const { text } of all) expect(text.match(/https?:/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });
});
