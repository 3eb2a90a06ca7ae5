import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { decodeText } from '../encoding/decode-text.ts';
import { createLineLimit } from '../encoding/text-lines.ts';
import { LONGEST_LINE } from '../limits.ts';
import { chapterTitle, type ReadContext } from '../read-context.ts';
import { RefusedFile } from '../refused-file.ts';
import type { ByteSource } from '../text-source.ts';
import { type Column, type Columns, guessColumns, readHeader } from './csv-columns.ts';

/** Rows by which columns without headings are told apart. */
const LOOKED_AT = 30;
/** Rows between two waits. */
const ROWS = 200;

export async function readCsv(
  source: ByteSource,
  where: string | null,
  context: ReadContext,
): Promise<void> {
  const text = await decodeText(source, where);
  context.noteEncoding(text.encoding);
  const rows = createRowReader(context);
  let read = 0;
  for await (const row of recordsOf(text.chunks(), where)) {
    rows.row(row);
    read += 1;
    if (read % ROWS === 0) await context.sink.drain();
  }
  rows.end();
  await context.sink.drain();
}

async function* recordsOf(
  chunks: AsyncIterable<string>,
  where: string | null,
): AsyncIterable<string[]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: string | undefined = (await iterator.next()).value;
  if (first === undefined) return;
  const parser = parse({
    delimiter: delimiterOf(first),
    ...{ bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
    // Found out by itself it costs more than all the rest.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: LONGEST_LINE,
  });
  async function* all() {
    const line = createLineLimit(where);
    for (let chunk = first; chunk !== undefined; chunk = (await iterator.next()).value) {
      line.check(chunk);
      yield chunk;
    }
  }
  const input = Readable.from(all());
  input.on('error', (error) => parser.destroy(error));
  try {
    yield* input.pipe(parser) as AsyncIterable<string[]>;
  } catch (error) {
    if (error instanceof RefusedFile) throw error;
    const code = (error as { code?: string }).code;
    throw new RefusedFile(code === 'CSV_MAX_RECORD_SIZE' ? 'line_too_long' : 'bad_csv', where);
  } finally {
    input.destroy();
  }
}

/**
 * The sign that parts most of the first line. A Chinese comma is punctuation, unless headings are parted
 * by it and every line has as many.
 */
function delimiterOf(text: string): string {
  const lines = text.split(/[\r\n]+/u, LOOKED_AT).filter((line) => line.trim() !== '');
  const [header = ''] = lines;
  const widthBy = (sign: string, line: string) => line.split(sign).length;
  const sign = [',', '\t', ';', '|'].reduce((best, other) =>
    widthBy(other, header) > widthBy(best, header) ? other : best,
  );
  const width = widthBy('，', header);
  const even = width > 1 && lines.every((line) => widthBy('，', line) === width);
  const plain = widthBy(sign, header) === 1;
  return plain && even && readHeader(header.split('，')) ? '，' : sign;
}

function createRowReader(context: ReadContext) {
  const { sink, log } = context;
  let header: { cells: readonly string[]; columns: Columns } | null = null;
  let columns: Columns | null = null;
  let waiting: string[][] = [];
  let lastKey: string | null = null;

  function take(cells: readonly string[]): void {
    const value = (wanted: Column) => {
      const found = columns?.map((column, index) =>
        column === wanted ? (cells[index] ?? '').trim() : '',
      );
      return found?.filter((cell) => cell !== '') ?? [];
    };
    const text = value('text').join('\n');
    if (text === '') {
      if (cells.some((cell) => cell.trim() !== ''))
        log.note('没有原文的行', cells.join('，').slice(0, 60));
      return;
    }
    const names = value('name');
    const author = value('author')[0] ?? null;
    const key = [...names, author ?? ''].join('\u0000');
    if (key !== lastKey) {
      const title = chapterTitle(context, names);
      sink.chapter({ title, author, dynasty: value('dynasty')[0] ?? null, form: null });
      lastKey = key;
    }
    sink.paragraph(text, value('translation').join('\n') || null);
  }

  function settle(): void {
    if (columns) return;
    const found = header?.columns;
    columns = found?.includes('text') ? found : guessColumns(waiting, found ?? null);
    for (const [index, name] of header?.cells.entries() ?? []) {
      const left = columns[index] === null || columns[index] === 'other';
      if (left && name.trim() !== '') log.note('未收的列', name);
    }
    for (const [index, cell] of waiting[0]?.entries() ?? []) {
      if (!header && columns[index] === null && cell !== '') log.note('未收的列', cell);
    }
    for (const row of waiting) take(row);
    waiting = [];
  }

  return {
    row(cells: string[]) {
      if (columns) return take(cells);
      const known = header === null && waiting.length === 0 ? readHeader(cells) : null;
      if (known) header = { cells, columns: known };
      else waiting.push(cells);
      if (known?.includes('text') || waiting.length >= LOOKED_AT) settle();
    },
    end: settle,
  };
}
