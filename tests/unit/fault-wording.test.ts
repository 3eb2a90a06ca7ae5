import { z } from 'zod';
import { inChinese } from '../../backend/http/fault-wording.ts';

type Code = z.core.$ZodIssueCode;

const fault = (schema: z.ZodType, input: unknown) => {
  const [issue] = schema.safeParse(input, inChinese).error?.issues ?? [];
  return { code: issue?.code, message: issue?.message };
};

const object = z.object({ a: z.int() });
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('round') }),
  z.object({ kind: z.literal('square') }),
]);
const DAY = new Date('2026-01-31T00:00:00Z');

/** What a person reads of each kind of fault; the compiler sees to it that none is left out. */
const SAID: Record<Code, [z.ZodType, unknown, string][]> = {
  invalid_type: [
    [object, {}, '必填'],
    [z.object({ shape }), {}, '必填'],
    [z.string(), undefined, '必填'],
    [z.string(), 7, '必须是文字'],
    [z.string(), null, '必须是文字'],
    [z.string(), ['a', 'b'], '只能有一个值'],
    [z.coerce.number(), 'many', '必须是数字'],
    [z.number(), Number.POSITIVE_INFINITY, '必须是数字'],
    [z.int(), 1.5, '必须是整数'],
    [z.int(), '1', '必须是数字'],
    [z.bigint(), 1, '必须是整数'],
    [z.boolean(), 'yes', '只能是 true 或 false'],
    [z.date(), 'today', '必须是时间'],
    [z.date(), new Date(Number.NaN), '必须是时间'],
    [z.array(z.string()), {}, '必须是列表'],
    [z.tuple([z.string()]), 'a', '必须是列表'],
    [z.set(z.string()), 'a', '必须是列表'],
    [object, ['a'], '必须是一组字段'],
    [z.record(z.string(), z.int()), 3, '必须是一组字段'],
    [z.map(z.string(), z.int()), 3, '必须是一组字段'],
    [z.file(), 'a', '必须是文件'],
    [z.null(), 3, '只能留空'],
    [z.undefined(), 3, '不能填写'],
    [z.void(), 3, '不能填写'],
    [z.never(), 3, '不能填写'],
    [z.string().optional().nonoptional(), undefined, '必填'],
    [z.nan(), 3, '格式不对'],
    [z.symbol(), 3, '格式不对'],
    [z.instanceof(Buffer), 3, '格式不对'],
  ],
  too_big: [
    [z.string().max(4000), 'x'.repeat(4001), '最多 4000 个字符'],
    [z.string().length(3), 'CNYX', '必须是 3 个字符'],
    [z.array(z.int()).max(2), [1, 2, 3], '最多 2 项'],
    [z.tuple([z.int()]), [1, 2], '最多 1 项'],
    [z.set(z.int()).max(1), new Set([1, 2]), '最多 1 项'],
    [z.map(z.int(), z.int()).max(0), new Map([[1, 1]]), '最多 0 项'],
    [z.file().max(2), new File(['abc'], 'a'), '最多 2 字节'],
    [z.number().max(100), 101, '不能大于 100'],
    [z.number().negative(), 0, '必须小于 0'],
    [z.int(), 2 ** 60, '不能大于 9007199254740991'],
    [z.bigint().max(9n), 10n, '不能大于 9'],
    [z.date().max(DAY), new Date('2027-01-01'), '不能晚于 2026-01-31T00:00:00.000Z'],
  ],
  too_small: [
    [z.string().min(1), '', '不能为空'],
    [z.string().min(8), 'short', '至少 8 个字符'],
    [z.string().length(1), '', '必须是 1 个字符'],
    [z.array(z.int()).min(1), [], '不能为空'],
    [z.array(z.int()).min(2), [1], '至少 2 项'],
    [z.tuple([z.int(), z.int()]), [1], '至少 2 项'],
    [z.set(z.int()).min(2), new Set([1]), '至少 2 项'],
    [z.file().min(2), new File(['a'], 'a'), '至少 2 字节'],
    [z.int().min(1), 0, '不能小于 1'],
    [z.number().positive(), 0, '必须大于 0'],
    [z.bigint().min(9n), 8n, '不能小于 9'],
    [z.date().min(DAY), new Date('2025-01-01'), '不能早于 2026-01-31T00:00:00.000Z'],
  ],
  invalid_format: [
    [z.email(), 'x', '邮箱格式不正确'],
    [z.url(), 'x', '必须是网址'],
    [z.uuid(), 'x', '必须是 UUID'],
    [z.guid(), 'x', '必须是 UUID'],
    [z.emoji(), 'x', '只能是表情符号'],
    [z.iso.datetime(), 'x', '必须是时间，如 2026-01-31T08:00:00Z'],
    [z.iso.date(), 'x', '必须是日期，如 2026-01-31'],
    [z.iso.time(), 'x', '必须是时刻，如 08:00:00'],
    [z.iso.duration(), 'x', '必须是时长，如 PT30M'],
    [z.ipv4(), 'x', '必须是 IPv4 地址'],
    [z.ipv6(), 'x', '必须是 IPv6 地址'],
    [z.cidrv4(), 'x', '必须是 IPv4 网段'],
    [z.cidrv6(), 'x', '必须是 IPv6 网段'],
    [z.base64(), '?', '必须是 Base64 编码'],
    [z.base64url(), '?', '必须是 Base64 编码'],
    [z.e164(), 'x', '必须是带国际区号的电话号码'],
    [z.string().lowercase(), 'X', '必须全是小写'],
    [z.string().uppercase(), 'x', '必须全是大写'],
    [z.string().regex(/^\d$/), 'x', '格式不对'],
    [z.string().startsWith('学'), 'x', '必须以「学」开头'],
    [z.string().endsWith('习'), 'x', '必须以「习」结尾'],
    [z.string().includes('而'), 'x', '必须含有「而」'],
    [z.nanoid(), 'x', '格式不对'],
    [z.cuid(), '?', '格式不对'],
    [z.cuid2(), '?', '格式不对'],
    [z.ulid(), 'x', '格式不对'],
    [z.xid(), 'x', '格式不对'],
    [z.ksuid(), 'x', '格式不对'],
    [z.jwt(), 'x', '格式不对'],
  ],
  not_multiple_of: [[z.number().multipleOf(5), 7, '必须是 5 的倍数']],
  unrecognized_keys: [
    [z.strictObject({}), { name: 1, size: 2 }, '不认识的字段：name、size'],
    [z.strictObject({}), { a: 1, b: 2, c: 3, d: 4 }, '不认识的字段：a、b、c 等 4 个'],
    [z.strictObject({}), { ['𠀀'.repeat(90)]: 1 }, `不认识的字段：${'𠀀'.repeat(40)}`],
  ],
  invalid_union: [
    [z.union([object, z.array(z.int())]), undefined, '必填'],
    [z.union([object, z.array(z.int())]), 'x', '格式不对'],
    [z.xor([z.string(), z.string().max(9)]), 'both', '格式不对'],
    [shape, { kind: 'flat' }, '只能是 round 或 square'],
    [shape, {}, '必填'],
  ],
  invalid_key: [
    [z.record(z.string().regex(/^\d$/), z.int()), { x: 1 }, '有一个字段的名称不对'],
    [z.map(z.int(), z.int()), new Map([[{}, 1]]), '有一个字段的名称不对'],
  ],
  invalid_element: [[z.map(z.object(), z.int()), new Map([[{}, 'x']]), '其中有一项不对']],
  invalid_value: [
    [z.literal('vip'), 'free', '只能是 vip'],
    [z.enum(['up', 'down']), 'left', '只能是 up 或 down'],
    [z.enum(['day', 'model', 'user']), 7, '只能是 day、model 或 user'],
    [z.enum(['up', 'down']), undefined, '必填'],
  ],
  custom: [[z.string().refine(() => false), 'x', '格式不对']],
};

describe('what is wrong with an input', () => {
  const cases = Object.entries(SAID).flatMap(([code, said]) =>
    said.map(([schema, input, message]) => ({ code, schema, input, message })),
  );

  it.each(cases)('is told as «$message» ($code)', ({ code, schema, input, message }) => {
    expect(fault(schema, input)).toEqual({ code, message });
  });

  it('is told in the words of the schema, where it has some', () => {
    const schema = z.string({ error: '请填写称呼' }).max(3, { error: '称呼太长' });
    expect([fault(schema, undefined).message, fault(schema, '有子曾子').message]).toEqual([
      '请填写称呼',
      '称呼太长',
    ]);
  });
});
