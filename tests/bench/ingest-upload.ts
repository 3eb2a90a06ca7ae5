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
  before: Latency;
  during: Latency;
}

const POLL_MS = 100;
const job = z.object({ stage: z.string().nullable(), status: z.string(), error: z.unknown() });

export async function ingestOver(
  url: string,
  file: string,
  admin: { ADMIN_EMAIL: string; ADMIN_PASSWORD: string },
): Promise<Ingested> {
  const headers = { authorization: `Bearer ${await tokenOf(url, admin)}` };
  const before = latencyOf(await searchTimes(url, 200));
  const startedAt = performance.now();
  const form = new FormData();
  form.set('title', '全集');
  form.set('file', await openAsBlob(file), path.basename(file));
  const sent = await fetch(`${url}/api/admin/documents`, { method: 'POST', headers, body: form });
  const { document, job: first } = await dataOf(sent, documentView);
  const times: number[] = [];
  const stages: Record<string, number> = {};
  let since = startedAt;
  let stage = 'received';
  for (;;) {
    const reply = await fetch(`${url}/api/admin/jobs/${first?.id}`, { headers });
    const now = await dataOf(reply, job);
    if (now.status === 'failed') throw new Error(String(now.error));
    if (now.stage !== stage) {
      stages[stage] = (performance.now() - since) / 1_000;
      [since, stage] = [performance.now(), now.stage ?? 'received'];
    }
    if (now.status === 'done') break;
    times.push(...(await searchTimes(url, 2)));
    await sleep(POLL_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const shown = await fetch(`${url}/api/admin/documents/${document.id}`, { headers });
  const passages = (await dataOf(shown, documentView)).document.passageCount;
  return { passages, seconds, stages, before, during: latencyOf(times) };
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
