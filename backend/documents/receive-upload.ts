import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { AppError } from '../errors.ts';
import { invalidInput } from '../http/failure.ts';

export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
/** What surrounds the file in a form. */
const FORM_SLACK = 64 * 1024;

const MOST_FIELDS = 20;

export interface ReceivedForm {
  file: { name: string; byteSize: number; hash: string } | undefined;
  fields: Record<string, string>;
}

/** Streams the `file` of a form to `path` while it arrives; nothing of it is held in memory. */
export async function receiveUpload(request: IncomingMessage, path: string): Promise<ReceivedForm> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_UPLOAD_BYTES + FORM_SLACK) throw refuse(request, tooLarge());
  const parser = openParser(request);
  const form: ReceivedForm = { file: undefined, fields: {} };
  try {
    await new Promise<void>((resolve, reject) => {
      let writing: Promise<void> = Promise.resolve();
      parser.on('field', (name, value) => {
        form.fields[name] = value;
      });
      parser.on('file', (field, stream, { filename }) => {
        if (field !== 'file') {
          stream.resume();
          reject(invalidInput([{ path: field, message: '文件要放在 file 字段里' }]));
          return;
        }
        stream.on('limit', () => reject(tooLarge()));
        writing = writeFile(stream, path).then((written) => {
          form.file = { name: filename ?? '', ...written };
        });
        writing.catch(reject);
      });
      parser.on('filesLimit', () => reject(oneFile()));
      parser.on('fieldsLimit', () => reject(tooManyFields()));
      parser.on('partsLimit', () => reject(tooManyFields()));
      parser.on('error', () => reject(unfinished()));
      parser.on('close', () => void writing.then(resolve, reject));
      // Whoever goes away midway is not waited for.
      request.on('aborted', () => reject(unfinished()));
      request.on('error', () => reject(unfinished()));
      request.pipe(parser);
    });
    return form;
  } catch (error) {
    throw refuse(request, error, parser);
  }
}

/** The rest is read and thrown away, so that the caller gets to read the reply. */
function refuse(request: IncomingMessage, error: unknown, parser?: busboy.Busboy): unknown {
  if (parser) request.unpipe(parser);
  parser?.destroy();
  request.resume();
  return error;
}

function openParser(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: {
        files: 1,
        fileSize: MAX_UPLOAD_BYTES,
        fields: MOST_FIELDS,
        fieldSize: 8_000,
        parts: MOST_FIELDS + 4,
      },
    });
  } catch {
    request.resume();
    throw new AppError(
      415,
      'unsupported_media',
      '请用表单上传文件（Content-Type: multipart/form-data）。',
    );
  }
}

async function writeFile(stream: NodeJS.ReadableStream, path: string) {
  const hash = createHash('sha256');
  let byteSize = 0;
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      byteSize += piece.length;
      done(null, piece);
    },
  });
  await pipeline(stream, measure, createWriteStream(path));
  return { byteSize, hash: hash.digest('hex') };
}

const tooLarge = () => new AppError(413, 'payload_too_large', '文件超过 50 MB，请分成几份上传。');
const oneFile = () => invalidInput([{ path: 'file', message: '一次只能上传一个文件' }]);
const tooManyFields = () =>
  invalidInput([{ path: 'form', message: `表单里最多 ${MOST_FIELDS} 个字段` }]);
const unfinished = () => invalidInput([{ path: 'file', message: '文件没有传完，请重新上传' }]);
