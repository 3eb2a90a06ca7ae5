import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { documentView } from '../support/documents.ts';
import { dataOf } from './asking.ts';
import { quotations } from './questions.ts';

export interface Latency {
  p50: number;
  p95: number;
}

export interface Ingested {
  passages: number;
  /** From the first byte of the upload until the text can be searched. */
  seconds: number;
  /** Seconds by stage. */
  stages: Record<string, number>;
  /** Of searches, in milliseconds. */
  /** Where somebody searches meanwhile. */
  search: { before: Latency; during: Latency } | undefined;
}

const POLL_MS = 100;
/** Searching is a load as well, which the plain pipeline does not have. */
const SEARCH_EVERY_MS = 250;
const found = z.object({ items: z.array(z.unknown()) });
const job = z.object({ stage: z.string().nullable(), status: z.string(), error: z.unknown() });

export async function ingestOver(
  url: string,
  file: string,
  admin: { ADMIN_EMAIL: string; ADMIN_PASSWORD: string },
  { begin, searched, signal }: { begin: () => unknown; searched: boolean; signal: AbortSignal },
): Promise<Ingested> {
  const headers = { authorization: `Bearer ${await tokenOf(url, admin)}` };
  const before = latencyOf(await searchTimes(url, 200));
  begin();
  const startedAt = performance.now();
  const searching = searched ? searchMeanwhile(url) : undefined;
  const sending = send(url, file, headers);
  const follow = async () => {
    const { document, job: first } = await sending;
    const stages = await stagesOf(
      `${url}/api/admin/jobs/${first?.id}`,
      { headers, signal },
      startedAt,
    );
    const done = performance.now();
    const shown = await fetch(`${url}/api/admin/documents/${document.id}`, { headers });
    const { passageCount: passages, workId } = (await dataOf(shown, documentView)).document;
    await untilFound(url, workId ?? '');
    return {
      passages,
      stages: { ...stages, 'read by the API': (performance.now() - done) / 1_000 },
    };
  };
  const followed = await follow().finally(() => searching?.stop());
  const seconds = (performance.now() - startedAt) / 1_000;
  const search = searching && { before, during: latencyOf(await searching.times) };
  return { ...followed, seconds, search };
}

async function send(url: string, file: string, headers: Record<string, string>) {
  const form = new FormData();
  form.set('title', '全集');
  form.set('file', await openAsBlob(file), path.basename(file));
  const sent = await fetch(`${url}/api/admin/documents`, { method: 'POST', headers, body: form });
  return dataOf(sent, documentView);
}

/** Seconds by stage until the job is done; the reply to the upload comes when the text is read. */
async function stagesOf(
  jobUrl: string,
  request: { headers: Record<string, string>; signal: AbortSignal },
  startedAt: number,
): Promise<Record<string, number>> {
  const stages: Record<string, number> = {};
  let since = startedAt;
  let stage = 'upload';
  for (;;) {
    const now = await dataOf(await fetch(jobUrl, request), job);
    if (now.status === 'failed') throw new Error(String(now.error));
    if (now.stage !== stage) {
      stages[stage] = (performance.now() - since) / 1_000;
      [since, stage] = [performance.now(), now.stage ?? stage];
    }
    if (now.status === 'done') return stages;
    await sleep(POLL_MS);
  }
}

/** A text is found whole or not at all, so any passage of it will do. */
async function untilFound(url: string, workId: string): Promise<void> {
  for (let n = 0; ; n += 1) {
    const query = new URLSearchParams({ q: `春风明月 ${n}`, workId });
    const reply = await fetch(`${url}/api/library/search?${query}`);
    if ((await dataOf(reply, found)).items.length > 0) return;
    await sleep(POLL_MS);
  }
}

/** Searches a few times a second until it is stopped. */
function searchMeanwhile(url: string) {
  const stopped = new AbortController();
  const search = async () => {
    const times: number[] = [];
    while (!stopped.signal.aborted) {
      times.push(...(await searchTimes(url, 1)));
      await sleep(SEARCH_EVERY_MS);
    }
    return times;
  };
  const times = search();
  // Heard of when it is waited for, which nobody does where something else has failed before.
  times.catch(() => undefined);
  return { times, stop: () => stopped.abort() };
}

async function tokenOf(url: string, admin: { ADMIN_EMAIL: string; ADMIN_PASSWORD: string }) {
  const reply = await fetch(`${url}/api/auth/email-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: admin.ADMIN_EMAIL, password: admin.ADMIN_PASSWORD }),
  });
  return (await dataOf(reply, contract.login)).accessToken;
}

let asked = 0;

/** Every query is new to the program, so none comes from its cache. */
async function searchTimes(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    asked += 1;
    const q = `${quotations[asked % quotations.length]} ${asked}`;
    const sentAt = performance.now();
    await fetch(`${url}/api/library/search?${new URLSearchParams({ q })}`);
    times.push(performance.now() - sentAt);
  }
  return times;
}

function latencyOf(times: readonly number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
