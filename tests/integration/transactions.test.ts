import { jest } from '@jest/globals';
import type { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { type Learner, register } from '../support/service-client.ts';
import { describeInBothModes, inOneMode } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';

jest.setTimeout(60_000);

const GRANT = 20_000;
const PATH = '/api/billing/transactions';
type Transaction = z.infer<typeof contract.transaction>;

describeInBothModes('what came in and went out', (mode) => {
  let services: SeveralServices;
  let learner: Learner;
  let made = 0;
  beforeAll(async () => {
    services = await startSeveral(mode, { SIGNUP_GRANT_TOKENS: String(GRANT) });
  });
  beforeEach(async () => {
    learner = await register(services.url());
  });
  afterAll(() => services.dispose());

  const consume = (amount: number, reason = '朗读') => {
    made += 1;
    return services.first.services.billing.consumption.consume(learner.login.user.id, {
      ...{ amount, reason, idempotencyKey: `test ${made}` },
    });
  };
  /** So many tokens, one by one, as the ledger writes it. */
  const consumedOften = (times: number) =>
    services.first.platform.database.knex.transaction(async (within) => {
      const userId = learner.login.user.id;
      await within.raw(
        `insert into ledger_journals
           (id, kind, reference, user_id, amount, balance_after, reason, created_at)
         select gen_random_uuid(), 'consume', :userId || ':' || n, :userId::uuid, -1, :grant - n,
           '第' || n || '次', now() + n * interval '1 millisecond'
         from generate_series(1, :times::int) as n`,
        { userId, times, grant: GRANT },
      );
      await within.raw(
        `insert into ledger_entries (journal_id, account, user_id, amount)
         select id, account, case account when 'available' then user_id end, amount * sign
         from ledger_journals cross join (values ('available', 1), ('revenue', -1)) as leg (account, sign)
         where user_id = :userId and kind = 'consume'`,
        { userId },
      );
      await within('balances').where({ user_id: userId }).decrement('balance', times);
    });
  const credit = (amount: number, reason: string) => {
    made += 1;
    return services.first.services.billing.credits.credit(
      { userId: learner.login.user.id, address: '127.0.0.1' },
      learner.login.user.id,
      { amount, reason, idempotencyKey: `test ${made}` },
    );
  };
  const list = async (query = '') =>
    (await learner.get(`${PATH}?${query}`)).data(contract.pageOf(contract.transaction));
  const amounts = (items: Transaction[]) => items.map(({ amount }) => amount);

  test('is listed newest first, by kind where one is named', async () => {
    await consume(5);
    await credit(-7, '收回');
    await credit(11, '奖励');
    const { items } = await list();
    expect(new Set(amounts(items))).toEqual(new Set([11, -7, -5, GRANT]));
    const times = items.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(amounts((await list('type=consume')).items)).toEqual([-5]);
    expect(amounts((await list('type=adjust')).items)).toEqual([-7]);
    expect(new Set(amounts((await list('type=grant')).items))).toEqual(new Set([11, GRANT]));
    expect((await list('type=refund')).items).toEqual([]);
  });

  test('is listed from a moment on and up to another', async () => {
    for (const amount of [1, 2, 3]) await consume(amount);
    const { items } = await list('type=consume');
    const [third, second, first] = items.map(({ createdAt }) => createdAt);
    const later = items.filter(({ createdAt }) => createdAt >= (second ?? ''));
    expect(amounts((await list(`type=consume&from=${second}`)).items)).toEqual(amounts(later));
    const earlier = items.filter(({ createdAt }) => createdAt < (third ?? ''));
    expect(amounts((await list(`type=consume&to=${third}`)).items)).toEqual(amounts(earlier));
    const shifted = new Date(Date.parse(first ?? '') + 8 * 3_600_000)
      .toISOString()
      .replace('Z', '');
    const from = encodeURIComponent(`${shifted}+08:00`);
    expect((await list(`type=consume&from=${from}`)).items).toHaveLength(3);
  });

  test('is listed by days of Beijing’s calendar, the last day with it', async () => {
    await consume(1);
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const at = (text: string) => new Date(Date.parse(text)).toISOString().slice(0, 10);
    const tomorrow = at(`${today}T24:00:00Z`);
    const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
    expect((await list(`from=${yesterday}&to=${tomorrow}`)).items).toHaveLength(2);
    expect((await list(`to=${yesterday}`)).items.length).toBe(0);
    expect((await list(`from=${tomorrow}`)).items.length).toBe(0);
  });

  test('is turned page by page without a gap or a repetition while more comes in', async () => {
    for (let n = 1; n <= 9; n += 1) await consume(n);
    await credit(50, '奖励');
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = await list(`type=consume&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...amounts(page.items));
      cursor = page.nextCursor ?? '';
      await consume(100);
      await credit(50, '奖励');
    } while (cursor !== '');
    expect(seen.sort((a, b) => a - b)).toEqual([-9, -8, -7, -6, -5, -4, -3, -2, -1]);
  });

  test('is nobody else’s', async () => {
    await consume(5);
    const other = await register(services.url());
    const page = (await other.get(PATH)).data(contract.pageOf(contract.transaction));
    expect(amounts(page.items)).toEqual([GRANT]);
    expect((await other.get(`${PATH}/export`)).text).not.toContain('朗读');
  });

  inOneMode(mode, () => {
    test.each([
      'type=theft',
      'from=yesterday',
      'from=2026-13-01',
      'to=2026-10-01T00:00:00',
      'from=0000-01-01',
      'from=2026-10-02&to=2026-10-01',
      'from=2026-10-01T00:00:01Z&to=2026-10-01T00:00:00Z',
      'limit=0',
      'cursor=x',
    ])('a list by %s is refused', async (query) => {
      const failure = (await learner.get(`${PATH}?${query}`)).failure();
      expect(failure).toMatchObject({ status: 400, error: 'invalid_input' });
    });

    test('a table of a time that ends before it begins is refused', async () => {
      const reply = await learner.get(`${PATH}/export?from=2026-10-02&to=2026-10-01`);
      expect(reply.failure()).toMatchObject({ status: 400, details: [{ path: 'from' }] });
    });
  });

  describe('as a table', () => {
    const table = async (query = '') => {
      const reply = await fetch(`${services.first.url}${PATH}/export?${query}`, {
        headers: { authorization: `Bearer ${learner.login.accessToken}` },
      });
      expect(reply.status).toBe(200);
      return { reply, bytes: Buffer.from(await reply.arrayBuffer()) };
    };
    const rowsOf = (bytes: Buffer) =>
      bytes.toString('utf8').slice(1).trimEnd().split('\r\n').slice(1);

    inOneMode(mode, () => {
      test('can be opened by a spreadsheet as it is', async () => {
        await consume(5);
        const { reply, bytes } = await table();
        expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
        expect(reply.headers.get('content-disposition')).toMatch(
          /^attachment; filename=".+\.csv"$/,
        );
        expect(reply.headers.get('cache-control')).toBe('no-store');
        expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
        const [header] = bytes.toString('utf8').slice(1).split('\r\n');
        expect(header).toBe('时间（北京）,类型,数量,余额,说明,编号');
        const [item] = (await list('type=consume')).items;
        const beijing = new Date(Date.parse(item?.createdAt ?? '') + 8 * 3_600_000).toISOString();
        const time = beijing.slice(0, 19).replace('T', ' ');
        expect(rowsOf(bytes)[0]).toBe(`${time},使用,-5,${GRANT - 5},朗读,${item?.id}`);
        expect(rowsOf((await table('type=grant')).bytes)).toHaveLength(1);
      });

      test.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '=HYPERLINK("http://x","y")', '＠x'])(
        'holds «%s» as words, not as a formula',
        async (reason) => {
          await consume(5, reason);
          const quoted = /["\n,]/.test(reason);
          const text = quoted ? `"'${reason.replaceAll('"', '""')}"` : `'${reason}`;
          expect(rowsOf((await table('type=consume')).bytes)[0]).toContain(`,${text},`);
        },
      );

      test('keeps commas, quotes and line breaks within their cell', async () => {
        await consume(5, '一,二\n"三"');
        const { bytes } = await table('type=consume');
        expect(bytes.toString('utf8')).toContain(',"一,二\n""三""",');
      });
    });

    test('holds everything, however much there is, in order', async () => {
      await consumedOften(1_050);
      const rows = rowsOf((await table('type=consume')).bytes);
      expect(rows).toHaveLength(1_050);
      expect(new Set(rows).size).toBe(1_050);
      const balances = rows.map((row) => Number(row.split(',')[3]));
      expect(Math.min(...balances)).toBe(GRANT - 1_050);
      const times = rows.map((row) => row.slice(0, 19));
      expect(times).toEqual([...times].sort().reverse());
    });
  });
});
