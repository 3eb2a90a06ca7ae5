import { z } from 'zod';
import { AppError } from '../../backend/errors.ts';
import { pageQuery, readCursor, toPage, writeCursor } from '../../backend/http/paging.ts';
import { idSchema, textSchema } from '../../backend/http/text-schema.ts';
import { createRandom } from '../support/random.ts';

describe('text from outside', () => {
  const schema = textSchema(1, 10);
  const faultOf = (text: unknown) => schema.safeParse(text).error?.issues[0]?.message;

  it('is trimmed, and otherwise kept as it is', () => {
    expect(schema.parse(' \n学而 时习\u3000')).toBe('学而 时习');
    expect(schema.parse('<b>{x}</b>')).toBe('<b>{x}</b>');
  });

  it('is counted in characters, not in units', () => {
    expect(schema.parse('𠀀'.repeat(10))).toHaveLength(20);
    expect(faultOf('𠀀'.repeat(11))).toBe('最多 10 个字');
    expect(faultOf('学'.repeat(11))).toBe('最多 10 个字');
    expect(textSchema(2, 10).safeParse('𠀀').success).toBe(false);
    expect(textSchema(2, 10).safeParse('𠀀𠀁').success).toBe(true);
  });

  it('is not empty, not NUL and not half a character', () => {
    expect(faultOf('  \n')).toBe('不能为空');
    expect(faultOf('学\0而')).toBe('不能含有空字符');
    expect(faultOf('学\ud840')).toContain('代理对');
    expect(faultOf('\udc00而')).toContain('代理对');
    expect(faultOf(7)).toBe('必须是文字');
    expect(faultOf(undefined)).toBe('必须是文字');
  });

  it('is an id only when it is a UUID', () => {
    expect(idSchema.safeParse('8d3f2c1e-4b5a-5c6d-8e7f-901234567890').success).toBe(true);
    expect(idSchema.safeParse("1' or '1'='1").success).toBe(false);
  });
});

describe('a page of a list', () => {
  const position = z.tuple([z.string(), z.int()]);

  it('is 20 long unless asked otherwise, and 1 to 100', () => {
    const query = z.object(pageQuery);
    expect(query.parse({}).limit).toBe(20);
    expect(query.parse({ limit: '7' }).limit).toBe(7);
    for (const limit of ['0', '101', '-1', '1.5', 'many', '']) {
      expect(query.safeParse({ limit }).success).toBe(false);
    }
  });

  it('leads through the whole list without gap or double, whatever its length', () => {
    const random = createRandom(29);
    for (let round = 0; round < 50; round += 1) {
      const rows = Array.from({ length: random.below(30) }, (_, n) => ({ name: `学𠀀"${n}`, n }));
      const limit = 1 + random.below(8);
      const seen: typeof rows = [];
      let cursor: string | undefined;
      do {
        const after = readCursor(cursor, position)?.[1] ?? -1;
        const read = rows.filter(({ n }) => n > after).slice(0, limit + 1);
        const page = toPage(read, limit, ({ name, n }) => [name, n]);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(rows);
    }
  });

  it('has no next one when the list just fills it, or is empty', () => {
    expect(toPage([1, 2], 2, (row) => [row]).nextCursor).toBeNull();
    expect(toPage([], 2, () => []).nextCursor).toBeNull();
    expect(toPage([1, 2, 3], 2, (row) => [row])).toEqual({
      items: [1, 2],
      nextCursor: writeCursor([2]),
    });
  });

  it('begins at the front without a cursor', () => {
    expect(readCursor(undefined, position)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['no base64', '学而'],
    ['no JSON', Buffer.from('学而').toString('base64url')],
    ['another list', writeCursor([1, 2, 3])],
    ['an object', Buffer.from('{"__proto__":1}').toString('base64url')],
  ])('refuses a cursor that is %s', (_, cursor) => {
    const read = () => readCursor(cursor, position);
    expect(read).toThrow(AppError);
    expect(read).toThrow(expect.objectContaining({ status: 400, slug: 'invalid_input' }));
  });

  it('writes cursors that pass through a URL as they are', () => {
    const cursor = writeCursor(['学?&=/+ ', 1]);
    expect(encodeURIComponent(cursor)).toBe(cursor);
    expect(readCursor(cursor, position)).toEqual(['学?&=/+ ', 1]);
  });
});
