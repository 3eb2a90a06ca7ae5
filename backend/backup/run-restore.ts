import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { clearRedis } from '../platform/clear-redis.ts';
import { type ArchiveReader, openArchive } from './archive-reader.ts';
import { BackupError } from './backup-error.ts';
import { JWT_SECRET_PART, type Manifest } from './manifest.ts';
import { restoreDatabase } from './restore-database.ts';
import { restorePlace } from './restore-place.ts';
import { draftJwtSecret, keptJwtSecret, secretsThatDiffer } from './secrets.ts';
import { inPlainWords, settingsOf, type Terminal, UsageError } from './terminal.ts';

const USAGE = `用法：npm run restore -- <文件> [--check] [--replace]

先把备份从头到尾核对一遍，再恢复到当前设置所指的地方（DATABASE_URL，没有设时是 DATA_DIR 里的内置数据库）；
内置数据库的备份可以恢复到 PostgreSQL，反过来也可以。恢复要么全部完成，要么什么都没有改动。请先停下服务。
  --check    只核对，不恢复
  --replace  那里已有的数据由备份取代`;

const OPTIONS = ['--check', '--replace'];

/** `npm run restore`; returns the exit code. */
export function runRestore(args: readonly string[], terminal: Terminal): Promise<number> {
  const { say, signal } = terminal;
  return inPlainWords(terminal, async () => {
    if (args.includes('--help')) return say(USAGE);
    const options = args.filter((each) => each.startsWith('-'));
    const [file, ...more] = args.filter((each) => !each.startsWith('-'));
    const unknown = options.some((each) => !OPTIONS.includes(each));
    if (!file || more.length > 0 || unknown) throw new UsageError(USAGE);
    const archive = await openArchive(file);
    try {
      tell(archive.manifest, say);
      say('正在核对备份……');
      await archive.verify(signal);
      say('核对无误。');
      if (!options.includes('--check')) {
        await restore(archive, options.includes('--replace'), terminal);
      }
    } finally {
      archive.close();
    }
  });
}

function tell({ createdAt, from, tables }: Manifest, say: Terminal['say']): void {
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  const kind = from.database === 'embedded' ? '内置数据库' : 'PostgreSQL';
  say(`备份于 ${createdAt}，来自${kind} ${from.server}，${tables.length} 个表，共 ${rows} 行。`);
}

async function restore(
  archive: ArchiveReader,
  replace: boolean,
  terminal: Terminal,
): Promise<void> {
  const { say, signal } = terminal;
  const { config, logger } = settingsOf(terminal);
  const place = restorePlace(config, { logger, say });
  const archived = config.jwtSecret ? undefined : await readSecret(archive);
  const keepSecret =
    archived === undefined ? undefined : await draftJwtSecret(config.dataDir, archived);
  say(`正在恢复到${place.name}……`);
  await place.fill(replace, (database) =>
    restoreDatabase(database.knex, archive, {
      ...{ replace, signal },
      onTable: ({ table, rows }) => void (rows > 0 && say(`  ${table}　${rows} 行`)),
    }),
  );
  await keepSecret?.().catch((error: unknown) => {
    throw new BackupError(
      `数据已经恢复，只是备份里的登录密钥没有换上（${messageOf(error)}）。请把 DATA_DIR 里的 jwt-secret.restored 改名为 jwt-secret，再启动服务。`,
      { cause: error },
    );
  });
  const secret = config.jwtSecret ?? (await keptJwtSecret(config));
  for (const fault of secretsThatDiffer(archive.manifest.secrets, config, secret)) {
    say(`注意：${fault}`);
  }
  await forgetCopies(config, logger, say);
  say('恢复好了。启动服务后，向量会在后台重建，其间照常可以检索和提问。');
}

/** The one under which the accounts of the archive have logged in. */
async function readSecret(archive: ArchiveReader): Promise<string | undefined> {
  const part = archive.manifest.files.find(({ name }) => name === JWT_SECRET_PART);
  if (!part) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of archive.read(part)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function forgetCopies(
  { redisUrl, redisPrefix }: Config,
  logger: Logger,
  say: Terminal['say'],
): Promise<void> {
  if (redisUrl === undefined) return;
  try {
    await clearRedis(redisUrl, redisPrefix, logger);
  } catch (error) {
    say(
      `注意：Redis 没有清空（${messageOf(error)}）。启动服务前请删除以 {${redisPrefix}} 开头的键。`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
