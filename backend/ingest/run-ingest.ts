import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RefusedFile } from '../../corpus/uploads/refused-file.ts';
import { AppError } from '../errors.ts';
import { DataFolderInUse } from '../platform/data-folder-lock.ts';
import type { Desk, DocumentWish } from './desk.ts';
import { followJob } from './follow-job.ts';
import { isServed, openHttpDesk } from './http-desk.ts';
import { type IngestArguments, readArguments, USAGE, UsageError } from './ingest-arguments.ts';
import { openLocalDesk } from './local-desk.ts';
import { type PlannedDocument, planDocuments } from './plan-documents.ts';
import { tellReport } from './tell-report.ts';
import { ask, type Terminal } from './terminal.ts';
import { zipFolder } from './zip-folder.ts';

const FAILED = 1;
const MISUSED = 2;
const INTERRUPTED = 130;

/** Does what the command line says; returns the exit code. */
export async function runIngest(args: readonly string[], terminal: Terminal): Promise<number> {
  const say = (line: string) => terminal.output.write(`${line}\n`);
  try {
    const wish = readArguments(args);
    if (!wish) {
      say(USAGE);
      return 0;
    }
    const { planned, failures } = await planAll(wish);
    if (planned.length === 0) throw new UsageError(failures.join('\n'));
    const desk = await openDesk(wish, terminal, say);
    try {
      failures.push(...(await handAll(desk, planned, wish, terminal, say)));
    } finally {
      await desk.close();
    }
    if (failures.length === 0) return 0;
    say(`有 ${failures.length} 份没有收成：`);
    for (const failure of failures) say(`  ✗ ${failure}`);
    return FAILED;
  } catch (error) {
    if (terminal.signal.aborted) {
      say('已中断。已经开始的任务，服务会接着做；本程序自己处理的，再收一次同样的文件就接着做。');
      return INTERRUPTED;
    }
    say(sentenceOf(error));
    return error instanceof UsageError ? MISUSED : FAILED;
  }
}

/** A path that leads nowhere is told at the end, and does not stop the others. */
async function planAll(wish: IngestArguments) {
  const planned: PlannedDocument[] = [];
  const failures: string[] = [];
  for (const given of wish.paths) {
    try {
      planned.push(...(await planDocuments(given, wish)));
    } catch (error) {
      failures.push(sentenceOf(error));
    }
  }
  return { planned, failures };
}

async function openDesk(
  { url, email }: IngestArguments,
  terminal: Terminal,
  say: (line: string) => void,
): Promise<Desk> {
  const { environment } = terminal;
  const given = url ?? environment.PUBLIC_URL ?? `http://localhost:${environment.PORT ?? 3000}`;
  const address = given.replace(/\/+$/u, '');
  if (await isServed(address)) return openHttpDesk(address, await credentials(email, terminal));
  if (url !== undefined) throw new UsageError(`${url} 没有服务在运行。`);
  say(`${address} 没有服务应答，由本程序自己处理。`);
  try {
    return await openLocalDesk(environment, say);
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    throw new UsageError(
      `数据目录 ${error.folder} 正由另一个进程（${error.pid}）使用，多半是服务在别的地址上运行。` +
        '请用 --url 给出它的地址，交给它收；或者先停下它，再收一次。',
    );
  }
}

async function credentials(given: string | undefined, terminal: Terminal) {
  const { environment, input } = terminal;
  const known = given ?? environment.ADMIN_EMAIL;
  const { ADMIN_PASSWORD: secret } = environment;
  if ((!known || !secret) && !input.isTTY) {
    throw new UsageError('请用 ADMIN_EMAIL 和 ADMIN_PASSWORD 给出管理员的邮箱和密码。');
  }
  const email = known || (await ask(terminal, '管理员邮箱：'));
  const password = secret || (await ask(terminal, `${email} 的密码：`, { hidden: true }));
  return { email, password };
}

/** One after the other; one that fails does not stop the others. Returns what became of those. */
async function handAll(
  desk: Desk,
  planned: readonly PlannedDocument[],
  wish: IngestArguments,
  terminal: Terminal,
  say: (line: string) => void,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ingest-'));
  const failures: string[] = [];
  try {
    for (const document of planned) {
      terminal.signal.throwIfAborted();
      const called = `《${wish.title ?? document.title}》`;
      say(called);
      try {
        await handIn(desk, await fileOf(document, folder), wish, terminal, say);
      } catch (error) {
        terminal.signal.throwIfAborted();
        failures.push(`${called}：${sentenceOf(error)}`);
        say('  ✗ 没有收成');
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return failures;
}

async function fileOf({ path: place, isFolder, title }: PlannedDocument, folder: string) {
  if (!isFolder) return { path: place, name: path.basename(place) };
  const packed = path.join(folder, 'folder.zip');
  await zipFolder(place, packed);
  return { path: packed, name: `${title}.zip` };
}

async function handIn(
  desk: Desk,
  file: { path: string; name: string },
  wish: DocumentWish,
  terminal: Terminal,
  say: (line: string) => void,
): Promise<void> {
  const { title, author, dynasty, category, form, replaces, dryRun } = wish;
  const names = { title, author, dynasty, category, form };
  const begun = await desk.hand(file, { ...names, replaces, dryRun });
  const job = begun.job && (await followJob(desk, begun.job, terminal));
  if (job && job.status !== 'done') throw new UsageError(job.error ?? '任务已取消。');
  const { document } = await desk.view(begun.document.id);
  if (document.status === 'failed') throw new UsageError(document.error ?? '处理失败。');
  for (const line of tellReport(document)) say(line);
  // What is in it may turn out to be there under another name only when it is read.
  const known = document.id !== begun.document.id || !begun.begun;
  if (document.status === 'preview')
    say('  ✓ 只是预览，还没有发布。在管理页「文献」里可以校改、发布。');
  else say(known ? `  ✓ 书库里已经有了：《${document.title}》` : '  ✓ 已发布');
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof RefusedFile || error instanceof AppError) {
    return error.message;
  }
  return `出了错：${error instanceof Error ? error.message : String(error)}`;
}
