import { parseRedisUrl } from '../../backend/platform/redis-url.ts';

describe('REDIS_URL', () => {
  it('may name one server', () => {
    for (const url of ['redis://127.0.0.1:6379', 'rediss://u:p@host:1/2']) {
      expect(parseRedisUrl(url)).toEqual({ kind: 'single', url });
    }
  });

  it('may name the nodes of a cluster', () => {
    expect(parseRedisUrl('rediss+cluster://app:p%40ss@a:7000,[::1]:7001,c')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: '::1', port: 7001 },
        { host: 'c', port: 6379 },
      ],
      credentials: { username: 'app', password: 'p@ss', tls: {} },
    });
  });

  it('may name sentinels and the primary they watch', () => {
    expect(parseRedisUrl('redis+sentinel://:secret@a:1,b/main/3?sentinelPassword=s')).toEqual({
      kind: 'sentinel',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26379 },
      ],
      masterName: 'main',
      sentinelPassword: 's',
      credentials: { password: 'secret', db: 3 },
    });
  });

  it('is refused when it is none of these, without repeating a password', () => {
    for (const url of ['http://:secret@host', 'redis+sentinel://:secret@a:1', 'redis+cluster://']) {
      expect(() => parseRedisUrl(url)).toThrow(/^REDIS_URL (?!.*secret)/);
    }
  });
});
