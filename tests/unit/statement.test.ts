import {
  lowBalanceMail,
  monthBefore,
  periodOf,
  statementMail,
} from '../../backend/billing/reports/statement.ts';

const URL_ = 'https://guoxue.example.org';

describe('a month of Beijing’s calendar', () => {
  it.each([
    ['2026-11-30T15:59:59Z', '2026-10'],
    ['2026-11-30T16:00:00Z', '2026-11'],
    ['2026-12-31T16:00:00Z', '2026-12'],
    ['2027-01-31T15:59:59Z', '2026-12'],
    ['2028-03-15T00:00:00Z', '2028-02'],
  ])('before %s is %s', (now, month) => {
    expect(monthBefore(new Date(now))).toBe(month);
  });

  it('goes from midnight to midnight', () => {
    expect(periodOf('2026-12')).toEqual({
      from: new Date('2026-11-30T16:00:00Z'),
      to: new Date('2026-12-31T16:00:00Z'),
    });
  });
});

describe('a monthly statement', () => {
  const statement = {
    month: '2026-10',
    opening: 20_000,
    changes: { recharge: 300_000, consume: -41_234, adjust: -5, refund: 0 },
    closing: 278_761,
    questions: 17,
  };

  it('says what was there, what came and went, and what is left', () => {
    const { kind, subject, text } = statementMail(statement, URL_);
    expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(subject).toBe('2026 年 10 月词元账单');
    const table = text.split('\n\n').find((paragraph) => paragraph.startsWith('月初余额'));
    expect(table?.split('\n')).toEqual([
      '月初余额：20,000',
      '充值：+300,000',
      '提问与服务：−41,234',
      '调整：−5',
      '月末余额：278,761',
    ]);
    expect(text).toContain('17 次');
    expect(text).toContain(URL_);
    expect(text).toMatch(/不想再收到/);
  });

  it('is for reading by people: no month with a leading zero', () => {
    expect(statementMail({ ...statement, month: '2027-01' }, URL_).subject).toMatch(
      /^2027 年 1 月/,
    );
  });
});

describe('a notice of a low balance', () => {
  it('says how much is left, and what a question asks for', () => {
    const { text } = lowBalanceMail({ available: 1_999, perQuestion: 3_525 }, URL_);
    expect(text).toContain('还有 1,999 个');
    expect(text).toContain('一般至少 3,525 个');
  });

  it('says nothing of questions where they cost nothing', () => {
    expect(lowBalanceMail({ available: 1_999, perQuestion: 0 }, URL_).text).not.toContain('提问');
  });
});
