import fc from 'fast-check';
import {
  areOnePerson,
  avatarFromWechat,
  nicknameFromWechat,
} from '../../backend/accounts/wechat/wechat-identity.ts';
import { textSchema } from '../../backend/http/text-schema.ts';

describe('the name of somebody who comes from WeChat', () => {
  it.each([
    ['颜回', '颜回'],
    ['  子 路 ', '子 路'],
    ['家人 👨‍👩‍👧', '家人 👨‍👩‍👧'],
    ['孔\u0000丘\u202e', '孔丘'],
    ['学'.repeat(40), '学'.repeat(32)],
    ['𠮷'.repeat(40), '𠮷'.repeat(32)],
  ])('«%s» becomes «%s»', (given, nickname) => {
    expect(nicknameFromWechat(given)).toBe(nickname);
  });

  it.each([null, '', '   ', '\u200b\u200d', '\ud800', '微信用户'])(
    'is made up where there is none to be seen (%j)',
    (given) => {
      expect(nicknameFromWechat(given)).toMatch(/^微信用户\d{4}$/);
    },
  );

  it('is always one that a person could have chosen here', () => {
    const chosen = textSchema(1, 32);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const nickname = nicknameFromWechat(given);
        expect(chosen.parse(nickname)).toBe(nickname);
      }),
    );
    // Code units are no characters: half of a pair may come as well.
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const nickname = nicknameFromWechat(String.fromCharCode(...units));
        expect(chosen.parse(nickname)).toBe(nickname);
      }),
    );
  });
});

describe('the picture of somebody who comes from WeChat', () => {
  it.each([
    ['http://thirdwx.qlogo.cn/mmopen/a/46', 'https://thirdwx.qlogo.cn/mmopen/a/46'],
    ['https://thirdwx.qlogo.cn/mmopen/a/46', 'https://thirdwx.qlogo.cn/mmopen/a/46'],
    ['javascript:alert(1)', null],
    ['data:image/png;base64,AAAA', null],
    ['//thirdwx.qlogo.cn/a', null],
    ['https://user:pass@thirdwx.qlogo.cn/a', null],
    [`https://thirdwx.qlogo.cn/${'a'.repeat(2_000)}`, null],
    ['', null],
    [null, null],
  ])('%j becomes %j', (given, url) => {
    expect(avatarFromWechat(given)).toBe(url);
  });
});

describe('identities', () => {
  const key = (appId: string, openid: string, unionid: string | null = null) => ({
    appId,
    openid,
    unionid,
  });
  it('can be one person’s in different apps, and twice the same', () => {
    expect(areOnePerson([])).toBe(true);
    expect(areOnePerson([key('a', '1'), key('b', '2')])).toBe(true);
    expect(areOnePerson([key('a', '1'), key('a', '1', 'u')])).toBe(true);
    expect(areOnePerson([key('a', '1', 'u'), key('b', '2', 'u'), key('c', '3')])).toBe(true);
  });
  it('are two people’s where one app knows two, or the unionids differ', () => {
    expect(areOnePerson([key('a', '1'), key('a', '2')])).toBe(false);
    expect(areOnePerson([key('a', '1', 'u'), key('b', '2', 'v')])).toBe(false);
  });
});
