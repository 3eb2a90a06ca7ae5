import { takeArrival } from '../../../web/src/account/arrival.ts';
import { initialOf, shownImage } from '../../../web/src/account/avatar-source.ts';
import { rememberErrand, safePath, takeErrand } from '../../../web/src/account/wechat-errand.ts';
import { actionName, detailPairs, targetName } from '../../../web/src/admin/audit-words.ts';
import { listQuery, withChoice } from '../../../web/src/admin/list-query.ts';
import { ApiError } from '../../../web/src/api/api-error.ts';
import { faultOf, fieldFault, otherFaults } from '../../../web/src/form/field-fault.ts';
import { formatWait, secondsUntil } from '../../../web/src/form/wait.ts';
import { describeError } from '../../../web/src/layout/describe-error.ts';
import { agentName, isHandheld } from '../../../web/src/profile/agent-name.ts';
import { centred, moved, squareOf, within } from '../../../web/src/profile/crop.ts';
import { methodName, resultName } from '../../../web/src/profile/login-words.ts';
import { ago } from '../../../web/src/profile/when.ts';

describe('what a link brings along', () => {
  function arrive(pathname: string, search: string) {
    const addresses: unknown[] = [];
    const past = { state: null, replaceState: (...given: unknown[]) => addresses.push(given[2]) };
    return { arrival: takeArrival({ pathname, search, hash: '' }, past), addresses };
  }

  it('is taken out of the address at once', () => {
    const { arrival, addresses } = arrive('/reset-password', '?token=abc&from=mail');
    expect(arrival.token).toBe('abc');
    expect(addresses).toEqual(['/reset-password?from=mail']);
    const wechat = arrive('/login/wechat', '?code=c&state=s');
    expect(wechat.arrival).toEqual({ token: null, code: 'c', state: 's' });
    expect(wechat.addresses).toEqual(['/login/wechat']);
  });

  it('is left alone on every other page', () => {
    expect(arrive('/library', '?state=open').addresses).toEqual([]);
  });

  it('leads back only into this site', () => {
    expect(safePath('/s/1?x=2')).toBe('/s/1?x=2');
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', '', null]) {
      expect(safePath(bad)).toBe('/');
    }
  });

  it('finds out once why the browser was at WeChat', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    rememberErrand(storage, { purpose: 'link', back: '/account' });
    expect(takeErrand(storage)).toEqual({ purpose: 'link', back: '/account' });
    expect(takeErrand(storage)).toEqual({ purpose: 'login', back: '/' });
    kept.set('guoxue.wechat', '{broken');
    expect(takeErrand(storage)).toEqual({ purpose: 'login', back: '/' });
  });
});

describe('what a form says', () => {
  const refused = new ApiError({
    status: 400,
    slug: 'invalid_input',
    message: '输入有误',
    details: [
      { path: 'password', message: '太常见' },
      { path: 'token', message: '链接过期' },
    ],
  });

  it('stands at the field it is about, the rest below', () => {
    expect(faultOf(refused, 'password')).toBe('太常见');
    expect(faultOf(refused, 'email')).toBeNull();
    expect(otherFaults(refused, ['password'])).toEqual(['链接过期']);
    expect(faultOf(fieldFault('nickname', '请填写'), 'nickname')).toBe('请填写');
  });

  it('is the server’s sentence where it knows better', () => {
    const conflict = {
      status: 409,
      slug: 'conflict',
      message: '这是最后一位管理员。',
      requestId: 'r',
    };
    expect(describeError(conflict)).toEqual({ text: '这是最后一位管理员。', requestId: null });
    const broken = { status: 500, slug: 'internal', message: 'oops', requestId: 'r1' };
    expect(describeError(broken).text).not.toContain('oops');
    expect(describeError(broken).requestId).toBe('r1');
  });

  it('counts a wait down to nothing', () => {
    expect(secondsUntil(10_500, 0)).toBe(11);
    expect(secondsUntil(10_500, 20_000)).toBe(0);
    expect([formatWait(9), formatWait(845), formatWait(3660)]).toEqual([
      '9 秒',
      '14 分 5 秒',
      '1 小时 1 分',
    ]);
  });
});

describe('the square of an avatar', () => {
  const picture = { width: 400, height: 200 };

  it('is the largest in the middle at first', () => {
    expect(squareOf(picture, centred(picture))).toEqual({ left: 100, top: 0, side: 200 });
  });

  it('never leaves the picture, however it is dragged and enlarged', () => {
    for (const zoom of [0, 1, 1.7, 4, 99]) {
      for (const [right, down] of [
        [9, 9],
        [-9, -9],
        [0.3, -0.2],
      ] as const) {
        const start = within(picture, { ...centred(picture), zoom });
        const { left, top, side } = squareOf(picture, moved(picture, start, right, down));
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(left + side).toBeLessThanOrEqual(400);
        expect(top + side).toBeLessThanOrEqual(200);
      }
    }
  });

  it('moves against the picture that is dragged', () => {
    const zoomed = within(picture, { ...centred(picture), zoom: 2 });
    expect(moved(picture, zoomed, 0.5, 0).x).toBe(150);
  });

  it('is shown from this site or from WeChat’s; else the name is cut into a seal', () => {
    expect(shownImage('/api/avatars/1')).toBe('/api/avatars/1');
    expect(shownImage('https://other.name/api/avatars/1')).toBe('/api/avatars/1');
    expect(shownImage('https://evil.example/pixel.png')).toBeNull();
    const atWechat = 'https://thirdwx.qlogo.cn/mmopen/1/132';
    expect(shownImage(atWechat)).toBe(atWechat);
    expect(shownImage('https://evil.example/.qlogo.cn')).toBeNull();
    expect(shownImage(null)).toBeNull();
    expect([initialOf('𠮷田'), initialOf(' su'), initialOf('')]).toEqual(['𠮷', 'S', '']);
  });
});

describe('a device', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Windows 上的 Edge',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0',
      'iPhone 上的 微信',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18 Safari/605.1', 'Mac 上的 Safari'],
    ['Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36', 'Android 上的 Chrome'],
    ['curl/8.5.0', 'curl'],
    ['', '不认识的设备'],
  ])('that says %s is called %s', (agent, name) => {
    expect(agentName(agent)).toBe(name);
  });

  it('fits into a hand or stands on a desk', () => {
    expect(isHandheld('Mozilla/5.0 (iPhone)')).toBe(true);
    expect(isHandheld('Mozilla/5.0 (X11; Linux)')).toBe(false);
  });

  it('logs in in words, also those the page does not know yet', () => {
    expect(methodName('wechat_web')).toBe('微信扫码登录');
    expect(methodName('passkey')).toBe('其他方式');
    expect(resultName('locked')).toBe('尝试太多，被锁住');
  });

  it('was used a while ago', () => {
    const now = new Date(2026, 4, 20, 9, 0);
    const at = (...time: [number, number, number]) => new Date(2026, 4, ...time).toISOString();
    expect(ago(at(20, 8, 59), now)).toBe('1 分钟前');
    expect(ago(at(20, 1, 0), now)).toBe('8 小时前');
    expect(ago(at(19, 23, 0), now)).toBe('昨天');
    expect(ago(at(17, 23, 0), now)).toBe('3 天前');
    expect(ago(at(2, 9, 0), now)).toBe('2026年5月2日');
  });
});

describe('administration', () => {
  it('asks for what the address narrows the list to', () => {
    const address = new URLSearchParams('q= 苏 &role=&disabled=true&page=7');
    const query = new URLSearchParams(listQuery(address, ['q', 'role', 'disabled'], 30));
    expect(Object.fromEntries(query)).toEqual({ limit: '30', q: '苏', disabled: 'true' });
    expect(withChoice(address, 'disabled', '').has('disabled')).toBe(false);
    expect(withChoice(address, 'role', 'admin').get('role')).toBe('admin');
  });

  it('reads the audit log in words, whatever is new in it', () => {
    expect(actionName('user.role')).toBe('改身份');
    expect(actionName('user.toString')).toBe('user.toString');
    expect(detailPairs({ from: 'learner', to: 'admin' })).toEqual([['改动', '学习者 → 管理员']]);
    expect(detailPairs({ from: 'some-id', amount: 30 })).toEqual([
      ['来自', 'some-id'],
      ['余额', '30'],
    ]);
    const targetId = 'b8a4b9f0-0000-4000-8000-000000000000';
    expect(targetName({ targetType: 'user', targetId })).toBe('用户 b8a4b9f0…');
  });
});
