import { createHmac } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { Manifest } from './manifest.ts';

type Settings = Pick<Config, 'dataDir' | 'jwtSecret' | 'jwtPreviousSecrets' | 'encryptionKey'>;

/** Enough to tell secrets apart; they are long, so that nobody finds one by trying. */
function fingerprint(secret: string): string {
  return createHmac('sha256', secret).update('backup of the tutor').digest('hex').slice(0, 16);
}

/** The one that was made up at the first start, if there is one. */
export async function keptJwtSecret({ dataDir }: Pick<Settings, 'dataDir'>) {
  const file = path.join(dataDir, 'jwt-secret');
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Writes it beside the one that is there, so that whatever can fail has not failed half-way; call to swap. */
export async function draftJwtSecret(
  dataDir: string,
  secret: string,
): Promise<() => Promise<void>> {
  const file = path.join(dataDir, 'jwt-secret');
  makeFolder(dataDir);
  await writeFile(`${file}.restored`, secret, { mode: 0o600 });
  return () => rename(`${file}.restored`, file);
}

export async function describeSecrets(settings: Settings): Promise<Manifest['secrets']> {
  const jwt = settings.jwtSecret ?? (await keptJwtSecret(settings));
  const { encryptionKey } = settings;
  return {
    jwt: jwt === undefined ? null : fingerprint(jwt),
    encryption: encryptionKey === undefined ? null : fingerprint(encryptionKey),
  };
}

/** What will not work because the secrets here are others than those the archive was made under. */
export function secretsThatDiffer(
  made: Manifest['secrets'],
  settings: Settings,
  jwtSecret: string | undefined,
): string[] {
  const { encryptionKey, jwtPreviousSecrets } = settings;
  const known = [jwtSecret, ...jwtPreviousSecrets].filter((each) => each !== undefined);
  const faults: string[] = [];
  if (made.jwt !== null && !known.map(fingerprint).includes(made.jwt)) {
    faults.push(
      'JWT_SECRET 与备份时不同：所有人要重新登录，没有 ENCRYPTION_KEY 时加密保存的内容也打不开。' +
        '把备份时的那个放进 JWT_PREVIOUS_SECRETS 就都照旧。',
    );
  }
  const encryption = encryptionKey === undefined ? null : fingerprint(encryptionKey);
  if (made.encryption !== encryption) {
    faults.push('ENCRYPTION_KEY 与备份时不同：加密保存的内容（如微信会话密钥）打不开。');
  }
  return faults;
}
