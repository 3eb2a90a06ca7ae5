import path from 'node:path';
import { ConfigError, readConfig } from '../../backend/config.ts';

function faultsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

const SECRET = 'a-secret-of-at-least-32-characters';
const SERVICES = { DATABASE_URL: 'postgres://db/guoxue', REDIS_URL: 'redis://cache' };

describe('the configuration', () => {
  it('needs nothing on a laptop', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      roles: ['api', 'worker', 'scheduler'],
      databaseUrl: undefined,
      deepseek: undefined,
      admin: undefined,
      trustProxyHops: 0,
    });
    expect(path.isAbsolute(config.dataDir)).toBe(true);
  });

  it('takes a blank value for one that is left out', () => {
    const names = ['PORT', 'ROLES', 'DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'NODE_ENV'];
    const blank = (value: string) => Object.fromEntries(names.map((name) => [name, value]));
    expect(readConfig(blank(''))).toEqual(readConfig({}));
    expect(readConfig(blank('  '))).toEqual(readConfig({}));
    expect(faultsOf({ NODE_ENV: 'production', JWT_SECRET: ' ' })).toContain('JWT_SECRET');
  });

  it('pays no heed to what it does not know', () => {
    expect(readConfig({ PATH: '/bin', FOO: 'bar' })).toEqual(readConfig({}));
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['NODE_ENV', 'prod'],
    ['ROLES', 'api,cook'],
    ['ROLES', ','],
    ['DATABASE_URL', 'mysql://db/guoxue'],
    ['DATABASE_URL', 'db'],
    ['REDIS_URL', 'http://cache'],
    ['REDIS_URL', 'redis+magic://cache'],
    ['REDIS_PREFIX', 'a b'],
    ['CHROMA_URL', 'chroma:8000'],
    ['JWT_SECRET', 'short'],
    ['ADMIN_EMAIL', 'nobody'],
    ['ADMIN_PASSWORD', '1234567'],
    ['DEEPSEEK_BASE_URL', 'ftp://api'],
    ['DEEPSEEK_COHORT', 'all'],
    ['CLASSICAL_REWRITE', 'yes'],
    ['EMBEDDING_PROVIDER', 'magic'],
    ['SIGNUP_GRANT_TOKENS', '-1'],
    ['RATE_LIMIT_DISABLED', 'yes'],
    ['RATE_LIMIT_GUESTS_PER_HOUR', '0'],
    ['TRUST_PROXY', 'true'],
    ['LOG_LEVEL', 'loud'],
    ['MODERATION', 'on'],
    ['MODERATION_UNCHECKED', 'maybe'],
    ['MODERATION_UNAVAILABLE', '1'],
    ['MODERATION_REVIEW', 'off'],
    ['AIGC_PRODUCER', '长'.repeat(101)],
  ])('refuses %s=%s and says which setting it is', (name, value) => {
    expect(faultsOf({ [name]: value })).toMatch(new RegExp(`^ {2}${name}: .+`, 'm'));
  });

  it('says how large a number may be', () => {
    expect(faultsOf({ PORT: '70000' })).toContain('PORT: must be 0 to 65535');
  });

  it('names every fault at once, what is missing as well as what is bad', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      PORT: 'abc',
      REDIS_URL: 'http://cache',
      ROLES: 'api',
      EMBEDDING_PROVIDER: 'openai',
      ADMIN_EMAIL: 'a@b.cn',
    });
    for (const name of [
      ...['PORT', 'REDIS_URL', 'JWT_SECRET', 'DATABASE_URL', 'ADMIN_PASSWORD'],
      ...['EMBEDDING_BASE_URL', 'EMBEDDING_MODEL'],
    ]) {
      expect(faults).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    }
    expect(faults.split('\n')).toHaveLength(8);
  });

  it('never repeats a secret it refuses', () => {
    const [secret, password] = ['hush-hush', 'hush'];
    const faults = faultsOf({
      JWT_SECRET: secret,
      ADMIN_PASSWORD: password,
      DATABASE_URL: 'mysql://me:hush@db',
      REDIS_URL: 'http://:hush@cache',
    });
    expect(faults).not.toContain('hush');
  });

  it('checks no texts unless told to, and then wants the mini program that checks them', () => {
    expect(readConfig({ MODERATION_UNCHECKED: 'reject' }).moderation).toBeUndefined();
    const faults = faultsOf({ MODERATION: 'wechat' });
    expect(faults).toMatch(/WECHAT_MINI_APPID: is required when MODERATION=wechat/);
    expect(faults).toMatch(/WECHAT_MINI_SECRET: is required when MODERATION=wechat/);
    const app = { WECHAT_MINI_APPID: 'wx1', WECHAT_MINI_SECRET: 's' };
    const config = readConfig({ MODERATION: 'wechat', MODERATION_UNCHECKED: 'reject', ...app });
    expect(config.moderation).toEqual({ review: 'pass', unchecked: 'reject', unavailable: 'pass' });
  });

  it('wants a secret in production, and takes it', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toContain('JWT_SECRET');
    expect(readConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET })).toMatchObject({
      production: true,
      jwtSecret: SECRET,
    });
  });

  it.each(['api', 'worker, scheduler', 'api,api,worker'])(
    'wants services that processes can share when a process is only %s',
    (roles) => {
      const faults = faultsOf({ ROLES: roles });
      expect(faults).toContain('DATABASE_URL');
      expect(faults).toContain('REDIS_URL');
      expect(faultsOf({ ROLES: roles, ...SERVICES })).toBe('');
    },
  );

  it('takes the roles in any order, each once', () => {
    expect(readConfig({ ROLES: 'scheduler, api ,worker,api' }).roles).toEqual([
      'scheduler',
      'api',
      'worker',
    ]);
  });

  it.each([
    'redis://127.0.0.1:6379',
    'rediss://u:p@host:1/2',
    'redis+sentinel://:secret@a:26379,b:26379/main/3?sentinelPassword=s',
    'rediss+sentinel://a,b/main',
    'redis+cluster://a:7000,[::1]:7001,c',
    'rediss+cluster://app:p%40ss@a:7000,b:7001',
  ])('takes %s for REDIS_URL', (url) => {
    expect(readConfig({ REDIS_URL: url }).redisUrl).toBe(url);
  });

  it('knows an admin only by address and password, a model only by its key', () => {
    expect(faultsOf({ ADMIN_EMAIL: 'a@b.cn' })).toContain('ADMIN_PASSWORD');
    const config = readConfig({
      ADMIN_EMAIL: 'a@b.cn',
      ADMIN_PASSWORD: 'long enough',
      DEEPSEEK_API_KEY: 'sk-1',
    });
    expect(config.admin).toEqual({ email: 'a@b.cn', password: 'long enough' });
    expect(config.deepseek).toMatchObject({ apiKey: 'sk-1', baseUrl: 'https://api.deepseek.com' });
  });

  it('wants a primary beside a replica', () => {
    expect(faultsOf({ DATABASE_REPLICA_URL: 'postgres://replica' })).toContain('DATABASE_URL');
  });
});
