import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { User } from '../../backend/accounts/user.ts';
import { ConfigError } from '../../backend/config.ts';
import { createLogger } from '../../backend/logger.ts';
import { ensureFirstAdmin } from '../../backend/startup/first-admin.ts';
import { readJwtSecret } from '../../backend/startup/jwt-secret.ts';
import { openLogFile } from '../../backend/startup/log-file.ts';
import { readCorpus } from '../../backend/startup/read-corpus.ts';
import { eventually } from '../support/eventually.ts';
import { quietNight, writeCorpus } from '../support/small-corpus.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'guoxue-startup-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the secret that tokens are signed with', () => {
  it('is the configured one, and then nothing is written', async () => {
    expect(await readJwtSecret({ jwtSecret: 'configured', dataDir })).toBe('configured');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is made once, kept for the next start and read by nobody else', async () => {
    const secret = await readJwtSecret({ jwtSecret: undefined, dataDir });
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(await readJwtSecret({ jwtSecret: undefined, dataDir })).toBe(secret);
    expect((await stat(path.join(dataDir, 'jwt-secret'))).mode & 0o077).toBe(0);
  });

  it('is the same for all that start at once, and leaves nothing else behind', async () => {
    for (let round = 0; round < 10; round += 1) {
      const folder = path.join(dataDir, String(round));
      await mkdir(folder);
      const secrets = await Promise.all(
        Array.from({ length: 8 }, () => readJwtSecret({ jwtSecret: undefined, dataDir: folder })),
      );
      expect(new Set(secrets).size).toBe(1);
      expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
      expect(await readdir(folder)).toEqual(['jwt-secret']);
    }
  });

  it('differs from one installation to the next', async () => {
    const other = path.join(dataDir, 'other');
    await mkdir(other);
    const secrets = [dataDir, other].map((folder) =>
      readJwtSecret({ jwtSecret: undefined, dataDir: folder }),
    );
    expect(new Set(await Promise.all(secrets)).size).toBe(2);
  });

  it('cannot be kept where nothing can be written', async () => {
    const nowhere = path.join(dataDir, 'nowhere');
    await expect(readJwtSecret({ jwtSecret: undefined, dataDir: nowhere })).rejects.toThrow(
      /ENOENT/,
    );
  });
});

describe('the first admin', () => {
  function accounts(existing?: string) {
    const made: { email: string; password: string }[] = [];
    const userOf = (email: string): User => ({
      ...{ id: 'u', email, passwordHash: null, emailVerified: false, nickname: '管理员' },
      ...{
        avatarUrl: null,
        role: 'admin',
        plan: 'free',
        planUntil: null,
        disabledAt: null,
        wechatLinked: false,
        closingAt: null,
        erasedAt: null,
        mergedInto: null,
        createdAt: new Date(0),
      },
    });
    return {
      made,
      ensureAdmin: async (email: string, password: string) => {
        if (existing) return undefined;
        made.push({ email, password });
        return userOf(email);
      },
      firstAdmin: async () => (existing ? userOf(existing) : undefined),
    };
  }

  it('gets a password that is made up and told once', async () => {
    const service = accounts();
    const admin = await ensureFirstAdmin(undefined, service);
    expect(admin.email).toContain('@');
    expect(admin.password?.length).toBeGreaterThanOrEqual(16);
    expect(service.made).toEqual([{ email: admin.email, password: admin.password }]);
  });

  it('keeps a configured password to itself', async () => {
    const wanted = { email: 'head@school.cn', password: 'chosen well' };
    const service = accounts();
    expect(await ensureFirstAdmin(wanted, service)).toEqual({
      email: 'head@school.cn',
      password: undefined,
    });
    expect(service.made).toEqual([wanted]);
  });

  it('is only named on later starts', async () => {
    expect(await ensureFirstAdmin(undefined, accounts('first@school.cn'))).toEqual({
      email: 'first@school.cn',
      password: undefined,
    });
  });
});

describe('the corpus', () => {
  it('may be none, the default or a folder', async () => {
    expect(await readCorpus('none')).toEqual([]);
    expect((await readCorpus('default')).map(({ slug }) => slug)).toContain('lunyu');
    await writeCorpus(dataDir, [quietNight]);
    expect((await readCorpus(dataDir)).map(({ title }) => title)).toEqual(['李白诗选']);
  });

  it('may be several of these, one after the other, but no work twice', async () => {
    await writeCorpus(dataDir, [quietNight]);
    const slugs = (await readCorpus(`default, ${dataDir}`)).map(({ slug }) => slug);
    expect(slugs[0]).toBe('lunyu');
    expect(slugs).toHaveLength((await readCorpus('default')).length + 1);
    await expect(readCorpus(`${dataDir},${dataDir}`)).rejects.toThrow(/^CORPUS: two works/);
  });

  it('that cannot be read is a fault of the configuration', async () => {
    await expect(readCorpus(path.join(dataDir, 'nowhere'))).rejects.toThrow(ConfigError);
    await expect(readCorpus(path.join(dataDir, 'nowhere'))).rejects.toThrow(/^CORPUS: /);
  });
});

describe('the log file', () => {
  const file = () => path.join(dataDir, 'logs', 'server.log');

  it('is none in production, where the log goes to standard output', async () => {
    expect(openLogFile({ production: true, dataDir })).toBeUndefined();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('takes a line for every message on a laptop', async () => {
    const logger = createLogger('info', openLogFile({ production: false, dataDir }));
    logger.info('it starts');
    await eventually('the line is written', async () =>
      (await readFile(file(), 'utf8')).includes('"it starts"'),
    );
  });

  it('begins anew when it has grown too large, and keeps the last one', async () => {
    await mkdir(path.dirname(file()));
    await writeFile(file(), 'the old log');
    openLogFile({ production: false, dataDir });
    expect(await readFile(file(), 'utf8')).toBe('the old log');
    await truncate(file(), 21 * 1024 * 1024);
    openLogFile({ production: false, dataDir });
    expect((await stat(`${file()}.1`)).size).toBe(21 * 1024 * 1024);
  });

  it('is given up where nothing can be written', async () => {
    await writeFile(path.join(dataDir, 'file'), '');
    const unwritable = path.join(dataDir, 'file', 'data');
    expect(openLogFile({ production: false, dataDir: unwritable })).toBeUndefined();
  });
});
