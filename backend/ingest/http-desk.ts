import { openAsBlob } from 'node:fs';
import { z } from 'zod';
import type { DocumentReport } from '../documents/parsing/parsed-document.ts';
import type { Desk, DeskJob, DeskView, DocumentWish } from './desk.ts';
import { UsageError } from './ingest-arguments.ts';

const HEALTH_MS = 3_000;
const ACCEPTED = 202;

const loginSchema = z.object({ accessToken: z.string() });
const jobSchema: z.ZodType<DeskJob> = z.object({
  id: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  stage: z.string().nullable(),
  done: z.number(),
  total: z.number(),
  remainingSeconds: z.number().nullable(),
  error: z.string().nullable(),
});
const viewSchema: z.ZodType<DeskView> = z.object({
  document: z.object({
    id: z.string(),
    title: z.string(),
    status: z.string(),
    report: z.custom<DocumentReport>((report) => typeof report === 'object').nullable(),
    error: z.string().nullable(),
  }),
  job: jobSchema.nullable(),
});

/** Whether a service of this program answers there. */
export async function isServed(url: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_MS) });
    return reply.ok;
  } catch {
    return false;
  }
}

/** Hands documents in over HTTP, as an administrator. */
export async function openHttpDesk(
  url: string,
  who: { email: string; password: string },
): Promise<Desk> {
  const logIn = async () => {
    const body = JSON.stringify(who);
    const headers = { 'content-type': 'application/json' };
    const path = `${url}/api/auth/email-login`;
    return loginSchema.parse(await read(await fetch(path, { method: 'POST', headers, body })));
  };
  let { accessToken } = await logIn();

  async function call(path: string, init: () => Promise<RequestInit>): Promise<Response> {
    const send = async () =>
      fetch(`${url}${path}`, {
        ...(await init()),
        headers: { authorization: `Bearer ${accessToken}` },
      });
    const reply = await send();
    if (reply.status !== 401) return reply;
    // A token does not outlive a long job.
    ({ accessToken } = await logIn());
    return send();
  }
  const get = async (path: string) => read(await call(path, async () => ({})));

  return {
    async hand(file, wish) {
      const body = async () => {
        const form = new FormData();
        for (const [name, value] of fieldsOf(wish)) form.set(name, value);
        form.set('file', await openAsBlob(file.path), file.name);
        return { method: 'POST', body: form };
      };
      const query = wish.dryRun ? '?dryRun=1' : '';
      const reply = await call(`/api/admin/documents${query}`, body);
      return { ...viewSchema.parse(await read(reply)), begun: reply.status === ACCEPTED };
    },
    job: async (id) => jobSchema.parse(await get(`/api/admin/jobs/${id}`)),
    view: async (id) => viewSchema.parse(await get(`/api/admin/documents/${id}`)),
    close: async () => {},
  };
}

function fieldsOf({ dryRun: _, ...fields }: DocumentWish): [string, string][] {
  return Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
}

/** The data of a reply; a refusal in its own words. */
async function read(reply: Response): Promise<unknown> {
  const text = await reply.text();
  const parsed = z
    .object({ message: z.string(), data: z.unknown().optional() })
    .safeParse(parseOrNull(text));
  if (!parsed.success) throw new UsageError(`服务的回答看不懂（HTTP ${reply.status}）。`);
  if (!reply.ok) throw new UsageError(parsed.data.message);
  return parsed.data.data;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
