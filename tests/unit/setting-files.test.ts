import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../backend/config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guoxue-settings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(text: string): Promise<string> {
  const place = path.join(folder, 'setting');
  await writeFile(place, text);
  return place;
}

const SECRET = 'a-secret-of-at-least-32-characters';

describe('a setting that is handed over as a file', () => {
  it('is what stands in it, but for the end of the line', async () => {
    const config = readConfig({ JWT_SECRET_FILE: await file(`${SECRET}\n`) });
    expect(config.jwtSecret).toBe(SECRET);
  });

  it('counts where a setting is required, and is checked like any other', async () => {
    const given = { NODE_ENV: 'production', JWT_SECRET_FILE: await file(SECRET) };
    expect(readConfig(given).production).toBe(true);
    await file('short');
    expect(() => readConfig(given)).toThrow('JWT_SECRET: must have at least 32 characters');
  });

  it('is left out where the file is blank', async () => {
    expect(readConfig({ SMTP_URL_FILE: await file('\n') }).mail.smtpUrl).toBeUndefined();
    const given = { NODE_ENV: 'production', JWT_SECRET_FILE: await file('') };
    expect(() => readConfig(given)).toThrow('JWT_SECRET: is required');
  });

  it('names the file that cannot be read, and what is said twice', async () => {
    const missing = path.join(folder, 'missing');
    expect(() => readConfig({ REDIS_URL_FILE: missing })).toThrow(
      /REDIS_URL_FILE: cannot be read .*missing/,
    );
    const twice = { REDIS_URL: 'redis://a', REDIS_URL_FILE: await file('redis://b') };
    expect(() => readConfig(twice)).toThrow('REDIS_URL_FILE: cannot stand beside REDIS_URL');
  });

  it('is of no concern where it is none of ours', () => {
    expect(readConfig({ SOME_FILE: '/nowhere', LOG_FILE: '/nowhere' })).toEqual(readConfig({}));
  });
});
