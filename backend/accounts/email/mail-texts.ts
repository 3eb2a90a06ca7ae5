import type { Mail } from '../../mail/mailer.ts';
import type { AccountMail } from './account-mails.ts';

type Notice = Extract<AccountMail, { kind: 'notice' }>['notice'];
type Content = Omit<Mail, 'to'>;

/**
 * Every mail the site sends. Nothing in them was typed by a person, not even a nickname: anybody can
 * have a mail sent to any address, and could otherwise put words into our mouth.
 */
const FAREWELL = '国学导师\n（这封邮件由程序发出，请不要回复。）';

const written = (...paragraphs: string[]) => `${[...paragraphs, FAREWELL].join('\n\n')}\n`;

export function verificationMail(link: string): Content {
  return {
    kind: 'verify-email',
    subject: '确认你的邮箱',
    text: written(
      '你好：',
      '有人在国学导师的账号里填写了这个邮箱。如果是你本人，请打开下面的链接，点「确认邮箱」，24 小时内有效：',
      link,
      '如果不是你，不要确认，也不必理会这封邮件：那个账号不是你建的。',
    ),
  };
}

export function resetMail(link: string): Content {
  return {
    kind: 'reset-password',
    subject: '重设密码',
    text: written(
      '你好：',
      '有人要为你在国学导师的账号重设密码。如果是你本人，请打开下面的链接设置新密码，30 分钟内有效，只能用一次：',
      link,
      '设好之后，各处的登录都会退出，绑定的微信也会解除，登录后可以重新绑定。',
      '如果不是你，不必理会这封邮件，你的密码没有变。',
    ),
  };
}

const NOTICES: Record<Notice, Content> = {
  password_changed: {
    kind: 'password-changed',
    subject: '密码已修改',
    text: written(
      '你好：',
      '你在国学导师的账号密码已经修改，其他设备上的登录已经退出。',
      '如果不是你本人改的，请立即在登录页用「忘记密码」重新设置。',
    ),
  },
  password_reset: {
    kind: 'password-reset-done',
    subject: '密码已重新设置',
    text: written(
      '你好：',
      '你在国学导师的账号已经用邮件里的链接设了新密码。各处的登录都已退出；绑定过的微信也已解除，登录后可以在「我的账户」里重新绑定。',
      '如果不是你本人设的，说明有人能看到你的邮件：请先保护好邮箱，再用「忘记密码」重新设置。',
    ),
  },
  wechat_linked: {
    kind: 'wechat-linked',
    subject: '账号已绑定微信',
    text: written(
      '你好：',
      '你在国学导师的账号刚刚绑定了一个微信，今后可以用它登录。',
      '如果不是你本人绑的，请立即在登录页用「忘记密码」重新设置密码：这样各处的登录会退出，微信也会解除。',
    ),
  },
  wechat_unlinked: {
    kind: 'wechat-unlinked',
    subject: '账号已解绑微信',
    text: written(
      '你好：',
      '你在国学导师的账号刚刚解除了微信绑定，今后请用邮箱和密码登录。',
      '如果不是你本人解除的，请立即在登录页用「忘记密码」重新设置密码。',
    ),
  },
  email_changed: {
    kind: 'email-changed',
    subject: '登录邮箱已更换',
    text: written(
      '你好：',
      '你在国学导师的账号已经换用另一个邮箱登录，这个邮箱不再属于该账号。',
      '如果不是你本人换的，请立即联系网站管理员。',
    ),
  },
  account_closing: {
    kind: 'account-closing',
    subject: '账号正在注销',
    text: written(
      '你好：',
      '你在国学导师的账号已申请注销，所有设备已经退出登录。到期之前重新登录，注销即告取消；到期之后数据将被删除，无法恢复。',
      '如果不是你本人申请的，请重新登录并修改密码。',
    ),
  },
};

export function noticeMail(notice: Notice): Content {
  return NOTICES[notice];
}
