import { z } from 'zod';

/**
 * Text from outside, trimmed; `min` and `max` count characters (code points), not UTF-16 units.
 * NUL cannot be stored in PostgreSQL, and an unpaired surrogate cannot be written as UTF-8.
 */
export function textSchema(min: number, max: number) {
  return z
    .string({ error: '必须是文字' })
    .trim()
    .refine((text) => text.isWellFormed(), { error: '含有不完整的字符（残缺的代理对）' })
    .refine((text) => !text.includes('\0'), { error: '不能含有空字符' })
    .refine((text) => text.length >= min && [...text].length >= min, {
      error: min === 1 ? '不能为空' : `至少 ${min} 个字`,
    })
    .refine((text) => text.length <= max || [...text].length <= max, {
      error: `最多 ${max} 个字`,
    });
}

export const idSchema = z.uuid({ error: '必须是 UUID' });
