import { types } from 'node:util';
import { pino } from 'pino';

const REDACTED = '[redacted]';

/** Fields that hold a secret or somebody's words, told by their names without `_`, `-` and case. */
const SECRET_NAME = new RegExp(
  [
    'passw(or)?d(hash)?$|secrets?$|token$|authorization$|cookies?$|credentials?$',
    '(api|session|private|encryption|app)key$|signature$|paysig$',
    '^(openid|unionid|jscode|dsn)$',
    // Mails, questions and answers.
    '^(html|text|body|content)$',
  ].join('|'),
  'i',
);

/** What libraries hang on their errors: commands with arguments, rows that were refused. */
const TOLD_BY_ERRORS = /^(args|parameters|bindings|detail|data)$/i;

const SECRET_PARAMETER =
  '(?:access_|refresh_|id_)?token|(?:app_?|client_?)?secret|js_code|code|state|session_key|passw(?:or)?d|api_?key|key|sign(?:ature)?|openid|unionid|ticket';

/**
 * What may stand within a sentence: addresses with credentials, tokens, keys, JSON of others. Strangers
 * choose what is logged, so no pattern may look far from each of many places where it could begin.
 */
const IN_TEXT: [RegExp, string][] = [
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/@"':]{0,200}:[^\s/@"']{1,200}@/gi, `$1${REDACTED}@`],
  [new RegExp(`([?&;](?:${SECRET_PARAMETER})=)[^&\\s"'#]+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`("(?:${SECRET_PARAMETER})"\\s*:\\s*)"[^"]*"`, 'gi'), `$1"${REDACTED}"`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{8,4096}\.[\w-]{1,4096}\.[\w-]*/g, REDACTED],
  [/\bsk-[\w-]{8,}/g, REDACTED],
];

/** What is told apart by these occurs in every text that has something to hide. */
const SUSPICIOUS = /[=@"]|eyJ|sk-|bearer|basic/i;

const MOST_DEEP = 7;
const MOST_ITEMS = 100;

export function redactedText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return IN_TEXT.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
}

/** A copy of what is to be logged without its secrets, wherever they are; errors as plain objects. */
export function redacted(fields: Record<string, unknown>): Record<string, unknown> {
  return copyOf(fields, 0);
}

function copyOf(object: object, depth: number, ofError = false): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object).slice(0, MOST_ITEMS)) {
    const secret = isSecret(name, value) || (ofError && TOLD_BY_ERRORS.test(name));
    copy[name] = secret ? REDACTED : clean(value, depth + 1, ofError);
  }
  return copy;
}

/** `tokens: 12` and `hasCookie: true` are no secrets, nor is what is not there. */
function isSecret(name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  return SECRET_NAME.test(name.replaceAll(/[_-]/g, ''));
}

function clean(value: unknown, depth: number, ofError: boolean): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MOST_DEEP) return '[deep]';
  if (isError(value)) return copyOf(pino.stdSerializers.err(value), depth, true);
  if (Array.isArray(value)) {
    return value.slice(0, MOST_ITEMS).map((item: unknown) => clean(item, depth + 1, ofError));
  }
  if (ArrayBuffer.isView(value)) return '[bytes]';
  const plain = asJson(value);
  return plain === value ? copyOf(value, depth, ofError) : clean(plain, depth + 1, ofError);
}

/** Also one that was made elsewhere than in this program's own global scope. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function asJson(value: object): unknown {
  const { toJSON }: { toJSON?: unknown } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value) : value;
}
