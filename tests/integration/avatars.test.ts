import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { jpeg, jpegSegment, lossyImage, png, pngChunk, webp } from '../support/pictures.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const LIMIT = 200 * 1024;

describeInOneMode('the picture of an account', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  beforeEach(async () => {
    learner = await register(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const put = (file: Uint8Array, type: string, by = learner, headers = {}) =>
    by.call('PUT', '/api/user/avatar', file, { 'content-type': type, ...headers });
  const set = async (file: Uint8Array, type: string) =>
    (await put(file, type)).data(contract.user).avatarUrl ?? '';
  const fetched = async (path: string) => {
    const response = await fetch(service.url + path);
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const stored = async () => {
    const rows = await service.platform.database
      .knex('avatars')
      .where({ user_id: learner.login.user.id });
    return rows.length;
  };

  test.each<[string, Buffer]>([
    ['image/png', png()],
    ['image/jpeg', jpeg()],
    ['image/webp', webp(lossyImage)],
  ])('sent as %s is shown to everybody as that, and as nothing else', async (type, file) => {
    const path = await set(file, type);
    expect(path).toMatch(/^\/api\/avatars\/[0-9a-f-]{36}$/);
    expect((await learner.get('/api/user/profile')).data(contract.user).avatarUrl).toBe(path);
    const { response, bytes } = await fetched(path);
    expect(response.status).toBe(200);
    expect(bytes).toEqual(file);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-disposition': 'inline',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers).not.toHaveProperty('set-cookie');
  });

  test('does not tell where it was taken', async () => {
    const place = Buffer.from('39.9042 N 116.4074 E');
    const path = await set(jpeg(undefined, jpegSegment(0xe1, place)), 'image/jpeg');
    expect((await fetched(path)).bytes).toEqual(jpeg());
  });

  test('has a new address each time, and the old one is gone', async () => {
    const first = await set(png(), 'image/png');
    const second = await set(png(), 'image/png');
    expect(second).not.toBe(first);
    const { response, bytes } = await fetched(first);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(bytes.toString()).error).toBe('not_found');
    expect(await stored()).toBe(1);
  });

  test('sent many times at once is there once, under the address that is told', async () => {
    const files = Array.from({ length: 5 }, (_, n) =>
      png(undefined, pngChunk('gAMA', Buffer.from([0, 0, 0, n + 1]))),
    );
    await Promise.all(files.map((file) => set(file, 'image/png')));
    const { avatarUrl } = (await learner.get('/api/user/profile')).data(contract.user);
    expect((await fetched(avatarUrl ?? '')).response.status).toBe(200);
    expect(await stored()).toBe(1);
  });

  test('can be taken away, or replaced by one from elsewhere, and is deleted then', async () => {
    const gone = await set(png(), 'image/png');
    const removed = await learner.call('DELETE', '/api/user/avatar');
    expect(removed.data(contract.user).avatarUrl).toBeNull();
    expect((await fetched(gone)).response.status).toBe(404);
    expect((await learner.call('DELETE', '/api/user/avatar')).status).toBe(200);
    const elsewhere = 'https://example.org/me.png';
    for (const avatarUrl of [elsewhere, null]) {
      const replaced = await set(png(), 'image/png');
      await learner.call('PUT', '/api/user/profile', { nickname: '还在' });
      expect((await fetched(replaced)).response.status).toBe(200);
      const reply = await learner.call('PUT', '/api/user/profile', { avatarUrl });
      expect(reply.data(contract.user)).toMatchObject({ avatarUrl, nickname: '还在' });
      expect((await fetched(replaced)).response.status).toBe(404);
    }
    expect(await stored()).toBe(0);
  });

  test('is refused when it is none, too large, or not what it is called', async () => {
    const before = await set(png(), 'image/png');
    const padded = (size: number) => {
      const bare = pngChunk('tEXt', Buffer.alloc(0)).length + png().length;
      return png(undefined, pngChunk('tEXt', Buffer.alloc(size - bare, 'x')));
    };
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const refused: [Uint8Array, string, number, string, object?][] = [
      [svg, 'image/svg+xml', 415, 'unsupported_media'],
      [svg, 'image/png', 415, 'unsupported_media'],
      [png(), 'image/gif', 415, 'unsupported_media'],
      [png(), 'application/json', 415, 'unsupported_media'],
      [png(), 'image/png', 415, 'unsupported_media', { 'content-encoding': 'gzip' }],
      [png(), 'image/jpeg', 400, 'invalid_input'],
      [png({ width: 1025, height: 1 }), 'image/png', 400, 'invalid_input'],
      [png().subarray(0, 60), 'image/png', 400, 'invalid_input'],
      [Buffer.alloc(0), 'image/png', 400, 'invalid_input'],
      [padded(LIMIT + 1), 'image/png', 413, 'payload_too_large'],
    ];
    for (const [file, type, status, error, headers] of refused) {
      const failure = (await put(file, type, learner, headers)).failure();
      expect({ type, ...failure }).toMatchObject({ type, status, error });
    }
    expect((await learner.get('/api/user/profile')).data(contract.user).avatarUrl).toBe(before);
    expect((await put(padded(LIMIT), 'image/png')).status).toBe(200);
  });

  test('is for who has signed up; anybody may look at it by its address only', async () => {
    const guest = await asGuest(service.url);
    expect((await put(png(), 'image/png', guest)).failure()).toMatchObject({ status: 403 });
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { response } = await fetched(`/api/avatars/${unknown}`);
    expect(response.status).toBe(404);
    const wrong = await fetched('/api/avatars/..%2f..%2fetc%2fpasswd');
    expect(z.object({ error: z.string() }).parse(JSON.parse(wrong.bytes.toString())).error).toBe(
      'invalid_input',
    );
  });
});
