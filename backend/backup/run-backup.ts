import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { openDatabaseAlone } from '../platform/open-platform.ts';
import { openArchive } from './archive-reader.ts';
import { writeArchive } from './archive-writer.ts';
import { backUpDatabase } from './back-up-database.ts';
import { BackupError } from './backup-error.ts';
import { FORMAT, JWT_SECRET_PART, MANIFEST, type Manifest } from './manifest.ts';
import { describeSecrets, keptJwtSecret } from './secrets.ts';
import { inPlainWords, settingsOf, sizeInWords, type Terminal, UsageError } from './terminal.ts';

const USAGE = `用法：npm run backup -- <文件或文件夹>

把不能重新生成的一切写进一个文件：数据库（账户、账本、对话、书库、上传的文献和头像），以及没有设
JWT_SECRET 时自动生成的登录密钥。向量和检索索引不在里面，恢复后会自己重建。给出文件夹时，文件名取当前时间。
用 DATABASE_URL 时服务照常运行；用内置数据库时请先停下服务。`;

/** `npm run backup`; returns the exit code. */
export function runBackup(args: readonly string[], terminal: Terminal): Promise<number> {
  const { say } = terminal;
  return inPlainWords(terminal, async () => {
    if (args.includes('--help')) return say(USAGE);
    const [place, ...more] = args;
    if (!place || place.startsWith('-') || more.length > 0) throw new UsageError(USAGE);
    const file = await fileAt(place);
    await backUp(file, terminal);
    say('正在读一遍，逐项核对……');
    await verify(file, terminal.signal).catch(async (error) => {
      // Whoever finds it would take it for a backup.
      await rm(file);
      throw error;
    });
    const { size } = await stat(file);
    say(`备份好了，核对无误：${file}（${sizeInWords(size)}）`);
    say(
      '里面有密码散列和登录密钥，请像数据库一样保管（文件只有本用户可读），并再存一份到别的机器上。',
    );
    say('建议留最近 7 天每天一份、最近 4 周每周一份、最近 12 个月每月一份；不会自动删除旧的。');
  });
}

async function fileAt(place: string): Promise<string> {
  const found = await stat(place).catch(() => undefined);
  if (!found && /[\\/]$/.test(place)) throw new BackupError(`没有这个文件夹：${place}`);
  if (!found?.isDirectory()) return path.resolve(place);
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return path.resolve(place, `guoxue-${now}.zip`);
}

async function backUp(file: string, terminal: Terminal): Promise<void> {
  const { say, signal } = terminal;
  const { config, logger } = settingsOf(terminal);
  const database = await openDatabaseAlone(config, logger);
  try {
    const from = database.kind;
    say(
      `正在备份${from === 'embedded' ? `内置数据库（${config.dataDir}）` : '数据库（DATABASE_URL）'}……`,
    );
    await writeArchive(
      file,
      async (writer) => {
        const { server, ...kept } = await backUpDatabase(database.knex, writer, (part) => {
          signal.throwIfAborted();
          if (part.rows > 0) say(`  ${part.table}　${part.rows} 行，${sizeInWords(part.bytes)}`);
        });
        const secret = config.jwtSecret ? undefined : await keptJwtSecret(config);
        const files = secret ? [await writer.add(JWT_SECRET_PART, once(secret))] : [];
        const manifest: Manifest = {
          ...{ format: FORMAT, createdAt: new Date().toISOString() },
          from: { database: from, server },
          ...{ ...kept, files, secrets: await describeSecrets(config) },
        };
        await writer.add(MANIFEST, once(JSON.stringify(manifest, null, 2)));
      },
      signal,
    );
  } finally {
    await database.close();
  }
}

async function verify(file: string, signal: AbortSignal): Promise<void> {
  const archive = await openArchive(file);
  await archive.verify(signal).finally(() => archive.close());
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
