import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { receiveUpload } from '../../../backend/documents/receive-upload.ts';
import { withFile } from '../../support/upload-files.ts';

/** A form as it comes over the network. */
async function received(form: FormData) {
  const encoded = new Response(form);
  const bytes = Buffer.from(await encoded.arrayBuffer());
  const request = new IncomingMessage(new Socket());
  request.headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
  request.push(bytes);
  request.push(null);
  request.complete = true;
  return withFile('', (path) => receiveUpload(request, path));
}

function formOf(fields: number, files: number): FormData {
  const form = new FormData();
  for (let n = 0; n < fields; n += 1) form.append(`field${n}`, '一');
  for (let n = 0; n < files; n += 1) form.append('file', new Blob(['學而']), 'a.txt');
  return form;
}

describe('a form with a file', () => {
  it('is taken with the fields it has', async () => {
    const { file, fields } = await received(formOf(3, 1));
    expect(file).toMatchObject({ name: 'a.txt', byteSize: 6 });
    expect(fields).toEqual({ field0: '一', field1: '一', field2: '一' });
  });

  it.each([
    ['a hundred fields', 100, 1, '表单里最多 20 个字段'],
    ['two files', 0, 2, '一次只能上传一个文件'],
  ])('is refused for what is wrong with it: %s', async (_, fields, files, message) => {
    await expect(received(formOf(fields, files))).rejects.toMatchObject({
      status: 400,
      details: [expect.objectContaining({ message })],
    });
  });
});
