import { setTimeout as sleep } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Services } from '../compose.ts';
import type { Config } from '../config.ts';
import type { Platform } from '../platform/platform.ts';
import type { FirstAdmin } from './first-admin.ts';

const POLL_MS = 200;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Follows the first reading of the library on the terminal; returns at once when there is nothing to read. */
export async function showFirstIngestion(
  services: Services,
  worksExpected: number,
  url: string | undefined,
): Promise<void> {
  const progress = async () => ({
    ...(await services.stores.library.totals()),
    ...(await services.ingestion.progress()),
  });
  let now = await progress();
  if (url === undefined || now.works >= worksExpected) return;
  say(`首次启动：正在把 ${worksExpected} 部典籍读入书库。现在就可以提问：${url}`);
  const bar = new SingleBar(
    {
      format: '  {bar} {value}/{total} 部 · {passages} 段 · {characters} 字',
      noTTYOutput: true,
      notTTYSchedule: 2_000,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const payload = () => ({ passages: now.passages, characters: now.characters });
  bar.start(worksExpected, now.works, payload());
  while (now.works < worksExpected) {
    await sleep(POLL_MS);
    now = await progress();
    bar.update(now.works, payload());
    // A work that cannot be read ends as a failed job; the rest is there.
    if (now.state === 'ingesting' && (await nothingUnderWay(services))) break;
  }
  bar.stop();
}

/** The last line of a start: where it is, who may administer it, what it runs on. */
export async function announceReady(
  config: Config,
  platform: Platform,
  services: Services,
  admin: FirstAdmin,
  url: string | undefined,
): Promise<void> {
  const { database, cache, vectors, model, mail } = platform.description;
  const login = admin.password
    ? `管理员 ${admin.email} 密码 ${admin.password}（只显示这一次）`
    : `管理员 ${admin.email}`;
  const passages = `书库 ${(await services.stores.library.totals()).passages} 段`;
  const parts = [
    `数据库 ${database}`,
    `缓存 ${cache}`,
    `向量 ${vectors}`,
    `模型 ${model}`,
    `邮件 ${mail}`,
  ];
  const address = url ?? `角色 ${config.roles.join('、')}`;
  say(`国学导师已就绪：${address} ｜ ${login} ｜ ${passages} ｜ ${parts.join('，')}`);
}

async function nothingUnderWay({ jobs }: Services): Promise<boolean> {
  const reading = await jobs.unfinished('ingest-work');
  return reading === 0 && (await jobs.unfinished('complete-library')) === 0;
}
