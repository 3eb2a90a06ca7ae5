import { createUploads, type Upload } from '../../../web/src/admin/documents/uploads.ts';
import type { ApiClient, CallOptions } from '../../../web/src/api/api-client.ts';
import { ApiError } from '../../../web/src/api/api-error.ts';
import { eventually } from '../../support/eventually.ts';

/** A server that takes what it is told to say next, one file at a time. */
function someServer() {
  const calls: { path: string; name: string; options: CallOptions }[] = [];
  const answers: (Response | Error)[] = [];
  let waiting: (() => void)[] = [];
  const client: ApiClient = {
    async open(path, options = {}) {
      const file = (options.body as FormData).get('file') as File;
      calls.push({ path, name: file.name, options });
      options.onSent?.(0.5);
      await new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        options.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
      const answer = answers.shift();
      if (answer instanceof Error || !answer) throw answer ?? new Error('nothing to say');
      return answer;
    },
    call: () => Promise.reject(new Error('not asked for')),
    refresh: async () => true,
  };
  return {
    client,
    calls,
    say(...more: (Response | Error)[]) {
      answers.push(...more);
      for (const resolve of waiting.splice(0)) resolve();
      waiting = [];
    },
  };
}

const file = (name: string, text = '学而时习之') => new File([text], name);
const document = (status: string, more = {}) => ({
  id: `of ${status}`,
  status,
  error: null,
  ...more,
});
const reply = (status: number, told: object) =>
  Response.json({ data: { document: told, job: null } }, { status });

describe('files on their way to the server', () => {
  const phases = (uploads: { state: { get(): readonly Upload[] } }) =>
    uploads.state.get().map(({ phase }) => phase);

  it('go one after the other, and tell what became of each', async () => {
    const server = someServer();
    const uploads = createUploads(server.client);
    uploads.add([file('一.txt'), file('二.txt'), file('三.txt')], true);
    await eventually('the first is sent', () => server.calls.length === 1);
    expect(phases(uploads)).toEqual(['sending', 'waiting', 'waiting']);
    expect(uploads.state.get()[0]?.share).toBe(0.5);
    server.say(reply(202, document('preview')));
    await eventually('the second is sent', () => server.calls.length === 2);
    server.say(reply(200, document('published')));
    await eventually('the third is sent', () => server.calls.length === 3);
    server.say(reply(202, document('failed', { error: '读不出来。' })));
    await eventually('all are over', () => phases(uploads)[2] === 'failed');
    expect(phases(uploads)).toEqual(['ready', 'there', 'failed']);
    expect(uploads.state.get()[2]?.error).toMatchObject({ message: '读不出来。' });
    expect(server.calls.map(({ path }) => path)).toEqual(
      Array(3).fill('/api/admin/documents?dryRun=1'),
    );
    expect(new Set(server.calls.map(({ options }) => options.idempotencyKey)).size).toBe(3);
  });

  it('are published at once where nobody wants to look', async () => {
    const server = someServer();
    const uploads = createUploads(server.client);
    uploads.add([file('一.txt')], false);
    await eventually('it is sent', () => server.calls.length === 1);
    server.say(reply(202, document('queued')));
    await eventually('it is taken', () => phases(uploads)[0] === 'started');
    expect(server.calls[0]?.path).toBe('/api/admin/documents');
  });

  it('that cannot be taken are not sent; what was refused may be tried again', async () => {
    const server = someServer();
    const uploads = createUploads(server.client);
    const huge = file('大.txt');
    Object.defineProperty(huge, 'size', { value: 51 * 1024 * 1024 });
    uploads.add([file('空.txt', ''), huge, file('坏.docx')], true);
    await eventually('one is sent', () => server.calls.length === 1);
    expect(phases(uploads)).toEqual(['failed', 'failed', 'sending']);
    server.say(new ApiError({ status: 415, slug: 'unsupported_media', message: '不收。' }));
    await eventually('it is refused', () => phases(uploads)[2] === 'failed');
    const [, , refused] = uploads.state.get();
    uploads.retry(refused?.key ?? '');
    await eventually('it is sent again', () => server.calls.length === 2);
    expect(server.calls[0]?.options.idempotencyKey).not.toBe(
      server.calls[1]?.options.idempotencyKey,
    );
  });

  it('are broken off where they are taken from the list, and the next one goes', async () => {
    const server = someServer();
    const uploads = createUploads(server.client);
    uploads.add([file('一.txt'), file('二.txt')], true);
    await eventually('the first is sent', () => server.calls.length === 1);
    uploads.dismiss(uploads.state.get()[0]?.key ?? '');
    await eventually('the second is sent', () => server.calls.length === 2);
    expect(server.calls[0]?.options.signal?.aborted).toBe(true);
    expect(uploads.state.get().map((each) => each.file.name)).toEqual(['二.txt']);
    uploads.clear();
    expect(server.calls[1]?.options.signal?.aborted).toBe(true);
  });
});
