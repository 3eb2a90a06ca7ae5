import {
  type AdministeredUser,
  deedsOf,
  requireAmendable,
  type UserAmendment,
} from '../../backend/admin/administered-user.ts';
import { AppError } from '../../backend/errors.ts';

const someone = (change: Partial<AdministeredUser> = {}): AdministeredUser => ({
  id: 'someone',
  email: 'someone@example.org',
  emailVerified: true,
  nickname: '同学',
  avatarUrl: null,
  role: 'learner',
  plan: 'free',
  planUntil: null,
  wechatLinked: false,
  disabledAt: null,
  closingAt: null,
  lastLoginAt: null,
  createdAt: new Date(0),
  ...change,
});

describe('what an administrator does to an account', () => {
  it('is recorded deed by deed, with what was before', () => {
    const amendment = { role: 'admin', plan: 'vip', disabled: true } as const;
    expect(deedsOf(someone(), amendment)).toEqual([
      { action: 'user.role', detail: { from: 'learner', to: 'admin' } },
      { action: 'user.plan', detail: { from: 'free', to: 'vip' } },
      { action: 'user.disable', detail: {} },
    ]);
    const disabled = someone({ disabledAt: new Date() });
    expect(deedsOf(disabled, { disabled: false })).toEqual([{ action: 'user.enable', detail: {} }]);
  });

  it('is nothing where all is so already', () => {
    expect(deedsOf(someone(), {})).toEqual([]);
    expect(deedsOf(someone(), { role: 'learner', plan: 'free', disabled: false })).toEqual([]);
    expect(deedsOf(someone({ disabledAt: new Date() }), { disabled: true })).toEqual([]);
  });
});

describe('what an administrator may do to an account', () => {
  const verdict = (
    user: Partial<AdministeredUser>,
    amendment: UserAmendment,
    activeAdmins: string[] = [],
  ) => {
    try {
      requireAmendable(someone(user), amendment, 'me', activeAdmins);
    } catch (error) {
      if (error instanceof AppError) return `${error.status} ${error.slug}`;
      throw error;
    }
    return 'allowed';
  };
  const admins = ['me', 'someone'];

  it.each<[string, string, Partial<AdministeredUser>, UserAmendment, string[]]>([
    ['allowed', 'promote a learner', {}, { role: 'admin' }, []],
    ['allowed', 'disable a learner', {}, { disabled: true }, []],
    ['allowed', 'disable a guest', { role: 'guest' }, { disabled: true }, []],
    ['allowed', 'unseat another admin', { role: 'admin' }, { role: 'learner' }, admins],
    ['allowed', 'disable another admin', { role: 'admin' }, { disabled: true }, admins],
    ['allowed', 'give oneself a plan', { role: 'admin', id: 'me' }, { plan: 'vip' }, []],
    ['allowed', 'stay what one is', { role: 'admin', id: 'me' }, { role: 'admin' }, []],
    ['409 conflict', 'give a guest a role', { role: 'guest' }, { role: 'admin' }, []],
    ['409 conflict', 'make a guest a learner', { role: 'guest' }, { role: 'learner' }, []],
    ['409 conflict', 'unseat oneself', { role: 'admin', id: 'me' }, { role: 'learner' }, admins],
    ['409 conflict', 'disable oneself', { role: 'admin', id: 'me' }, { disabled: true }, admins],
    ['403 forbidden', 'act when unseated', { role: 'admin' }, { role: 'learner' }, ['someone']],
  ])('is %s: %s', (expected, _, user, amendment, activeAdmins) => {
    expect(verdict(user, amendment, activeAdmins)).toBe(expected);
  });
});
