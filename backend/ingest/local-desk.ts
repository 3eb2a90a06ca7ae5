import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { inspectFile } from '../../corpus/uploads/inspect-file.ts';
import { composeServices } from '../compose.ts';
import { type Config, readConfig } from '../config.ts';
import type { DocumentNames } from '../documents/document.ts';
import { uploadFields } from '../documents/document-schemas.ts';
import { presentDocument } from '../documents/present-document.ts';
import { MAX_UPLOAD_BYTES } from '../documents/receive-upload.ts';
import { inChinese } from '../http/fault-wording.ts';
import { presentJob } from '../jobs/job-schemas.ts';
import { createLogger } from '../logger.ts';
import { migrate } from '../platform/database/migrate.ts';
import { openPlatform } from '../platform/open-platform.ts';
import { startWorker } from '../roles/worker.ts';
import { ensureFirstAdmin } from '../startup/first-admin.ts';
import { readJwtSecret } from '../startup/jwt-secret.ts';
import { openLogFile } from '../startup/log-file.ts';
import { readCorpus } from '../startup/read-corpus.ts';
import type { Desk, DeskView, DocumentWish } from './desk.ts';
import { UsageError } from './ingest-arguments.ts';

/** The same composition as the service, with a worker of its own and nobody listening. */
export async function openLocalDesk(
  environment: Record<string, string | undefined>,
  say: (line: string) => void,
): Promise<Desk> {
  // Whatever the service itself is split into, here nobody is answered and no library held.
  const config: Config = { ...readConfig(environment), roles: ['worker'] };
  const logger = createLogger(config.logLevel, openLogFile(config));
  const platform = await openPlatform(config, logger);
  try {
    await migrate(platform.database.knex);
    const jwtSecret = await readJwtSecret(config);
    // The worker may be handed what an earlier start has left: works of the corpus among it.
    const corpus = await readCorpus(config.corpus);
    const services = await composeServices({ config, platform, corpus, jwtSecret, logger });
    const { registration } = services.accounts;
    const made = await ensureFirstAdmin(config.admin, registration);
    if (made.password) say(`新建了管理员 ${made.email}，密码 ${made.password}（只显示这一次）`);
    const admin = await registration.firstAdmin();
    if (!admin) throw new Error('there is no administrator');
    const worker = await startWorker({ config, platform, services, root: '', logger });
    const { documents } = services.documents;
    const job = async (id: string | null) => {
      const found = id === null ? undefined : await services.stores.jobs.byId(id);
      return found ? presentJob(found) : null;
    };
    const view = async (id: string): Promise<DeskView> => {
      const document = await documents.byId(id);
      return { document: presentDocument(document), job: await job(document.jobId) } as DeskView;
    };
    return {
      async hand(file, wish) {
        const received = await receive(file);
        const by = { userId: admin.id, address: 'npm run ingest' };
        const { documentId, begun } = await documents.upload(by, received, checked(wish));
        return { ...(await view(documentId)), begun };
      },
      job,
      view,
      async close() {
        await worker.stop();
        await services.close();
        await platform.close();
      },
    };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

async function receive({ path, name }: { path: string; name: string }) {
  const { size: byteSize } = await stat(path);
  if (byteSize > MAX_UPLOAD_BYTES) throw new UsageError('文件超过 50 MB，请分成几份。');
  const inspected = await inspectFile(path, name);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return { path, name, ...inspected, byteSize, hash: hash.digest('hex') };
}

/** By the same rules as an upload. */
function checked({ dryRun, replaces, ...names }: DocumentWish) {
  const given = Object.fromEntries(
    Object.entries({ ...names, replaces }).filter(([, value]) => value !== undefined),
  );
  const read = uploadFields.safeParse(given, inChinese);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new UsageError(`--${issue?.path.join('.')}：${issue?.message}`);
  }
  const { replaces: replaced, ...called } = read.data;
  return { names: called as Partial<DocumentNames>, replaces: replaced, dryRun };
}
