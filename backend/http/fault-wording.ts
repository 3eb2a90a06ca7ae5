import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;
type Code = Issue['code'];
type IssueOf<Wanted extends Code> = Extract<Issue, { code: Wanted }>;
type Bound = IssueOf<'too_big'> | IssueOf<'too_small'>;

const MISSING = '必填';
const MISSHAPEN = '格式不对';

const TYPES: Record<string, string> = {
  string: '必须是文字',
  number: '必须是数字',
  int: '必须是整数',
  bigint: '必须是整数',
  boolean: '只能是 true 或 false',
  date: '必须是时间',
  array: '必须是列表',
  tuple: '必须是列表',
  set: '必须是列表',
  object: '必须是一组字段',
  record: '必须是一组字段',
  map: '必须是一组字段',
  file: '必须是文件',
  null: '只能留空',
  undefined: '不能填写',
  void: '不能填写',
  never: '不能填写',
  nonoptional: MISSING,
};

const SCALARS = new Set(['string', 'number', 'int', 'bigint', 'boolean', 'date']);

const FORMATS: Record<string, string> = {
  email: '邮箱格式不正确',
  url: '必须是网址',
  emoji: '只能是表情符号',
  uuid: '必须是 UUID',
  guid: '必须是 UUID',
  datetime: '必须是时间，如 2026-01-31T08:00:00Z',
  date: '必须是日期，如 2026-01-31',
  time: '必须是时刻，如 08:00:00',
  duration: '必须是时长，如 PT30M',
  ipv4: '必须是 IPv4 地址',
  ipv6: '必须是 IPv6 地址',
  cidrv4: '必须是 IPv4 网段',
  cidrv6: '必须是 IPv6 网段',
  base64: '必须是 Base64 编码',
  base64url: '必须是 Base64 编码',
  json_string: '必须是 JSON',
  e164: '必须是带国际区号的电话号码',
  lowercase: '必须全是小写',
  uppercase: '必须全是大写',
};

/** What is counted rather than compared. */
const UNITS: Record<string, string> = {
  string: '个字符',
  array: '项',
  set: '项',
  map: '项',
  file: '字节',
};

/** Whoever sends hundreds of fields nobody knows, or one with an endless name, need not be told each. */
const KEYS_NAMED = 3;
const KEY_LENGTH = 40;

function describeType({ expected, input }: IssueOf<'invalid_type'>): string {
  if (input === undefined) return TYPES[expected] === TYPES.undefined ? MISSHAPEN : MISSING;
  // A parameter that stands twice in an address.
  if (Array.isArray(input) && SCALARS.has(expected)) return '只能有一个值';
  return TYPES[expected] ?? MISSHAPEN;
}

function describeFormat(issue: IssueOf<'invalid_format'>): string {
  const { prefix, suffix, includes } = issue;
  if (prefix !== undefined) return `必须以「${prefix}」开头`;
  if (suffix !== undefined) return `必须以「${suffix}」结尾`;
  if (includes !== undefined) return `必须含有「${includes}」`;
  return FORMATS[issue.format] ?? MISSHAPEN;
}

const momentOf = (limit: number | bigint) => new Date(Number(limit)).toISOString();

function describeMost(issue: IssueOf<'too_big'>): string {
  const { origin, maximum, inclusive = true } = issue;
  if (origin === 'date') return `${inclusive ? '不能晚于' : '必须早于'} ${momentOf(maximum)}`;
  const unit = UNITS[origin];
  if (unit !== undefined) return describeCount(issue, maximum, unit, '最多');
  return `${inclusive ? '不能大于' : '必须小于'} ${maximum}`;
}

function describeLeast(issue: IssueOf<'too_small'>): string {
  const { origin, minimum, inclusive = true } = issue;
  if (origin === 'date') return `${inclusive ? '不能早于' : '必须晚于'} ${momentOf(minimum)}`;
  const unit = UNITS[origin];
  if (unit !== undefined) {
    const empty = issue.exact !== true && Number(minimum) === 1;
    return empty ? '不能为空' : describeCount(issue, minimum, unit, '至少');
  }
  return `${inclusive ? '不能小于' : '必须大于'} ${minimum}`;
}

function describeCount({ exact }: Bound, limit: number | bigint, unit: string, side: string) {
  return `${exact === true ? '必须是' : side} ${limit} ${unit}`;
}

function describeKeys({ keys }: IssueOf<'unrecognized_keys'>): string {
  const named = keys.slice(0, KEYS_NAMED).map((key) => [...key].slice(0, KEY_LENGTH).join(''));
  const more = keys.length > KEYS_NAMED ? ` 等 ${keys.length} 个` : '';
  return `不认识的字段：${named.join('、')}${more}`;
}

function oneOf(values: readonly unknown[]): string {
  const said = values.map(String);
  const last = said.pop();
  return said.length === 0 ? `只能是 ${last}` : `只能是 ${said.join('、')} 或 ${last}`;
}

function describeUnion(issue: IssueOf<'invalid_union'>): string {
  if (issue.input === undefined) return MISSING;
  const { discriminator, options } = issue;
  if (discriminator === undefined || !Array.isArray(options)) return MISSHAPEN;
  const given: unknown = Object(issue.input)[discriminator];
  return given === undefined ? MISSING : oneOf(options);
}

const WORDINGS: { [Each in Code]: (issue: IssueOf<Each>) => string } = {
  invalid_type: describeType,
  invalid_value: ({ values, input }) => (input === undefined ? MISSING : oneOf(values)),
  invalid_format: describeFormat,
  too_big: describeMost,
  too_small: describeLeast,
  not_multiple_of: ({ divisor }) => `必须是 ${divisor} 的倍数`,
  unrecognized_keys: describeKeys,
  invalid_union: describeUnion,
  invalid_key: () => '有一个字段的名称不对',
  invalid_element: () => '其中有一项不对',
  custom: () => MISSHAPEN,
};

/** Faults of an input, for the person who made it, where its schema has no words of its own. */
export const inChinese = {
  error: (issue: Issue): string => {
    const describe = WORDINGS[issue.code] as (issue: Issue) => string;
    return describe(issue);
  },
};
