import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audit, audit } from './load-audit.ts';
import { call } from './load-calls.ts';
import { breakEach, type Fault } from './load-faults.ts';
import { type Learner, live, signUp, type Town } from './load-learner.ts';
import { type Slope, slopesOf, watchMemory } from './load-memory.ts';
import { processorsBetween, processorTime } from './load-processors.ts';
import { createRecord, type LoadRecord } from './load-record.ts';
import {
  auditTable,
  courseTable,
  faultTable,
  memoryTable,
  type Phase,
  steadyTable,
} from './load-report.ts';
import { openSite, type Site } from './load-site.ts';
import { machineLine } from './report.ts';

export interface LoadSettings {
  /** Of the part without faults that is measured. */
  minutes: number;
  learners: number;
  pauseMs: number;
  faults: boolean;
}

interface Measured {
  record: LoadRecord;
  steady: Phase;
  slopes: Slope[];
  faults: Fault[];
  audit: Audit;
  /** While nothing was broken, and while something was. */
  processors: string[];
}

/** Caches fill and code is compiled meanwhile. */
const WARM_UP_MS = 45_000;
const SIGN_UPS_AT_ONCE = 8;

/** Prints the tables in Markdown; resolves with the exit code. */
export async function runLoadBenchmark(settings: LoadSettings): Promise<number> {
  const machine = machineLine();
  const site = await openSite();
  try {
    const measured = await measure(site, settings);
    const { learners, pauseMs, minutes } = settings;
    const about = `${learners} learners, a pause of ${pauseMs / 1_000} s on average, ${minutes} min`;
    console.log(`\n${machine}\n${about}\n\n${tablesOf(measured).join('\n\n')}`);
    return soundness(measured.audit) ? 0 : 1;
  } finally {
    await site.dispose();
  }
}

async function measure(site: Site, settings: LoadSettings): Promise<Measured> {
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const record = createRecord();
  const chapters = await someChapters(site.urls[0] ?? '');
  console.error(`— ${settings.learners} learners sign up`);
  const learners = await signUpAll(site.urls, settings.learners);
  const town: Town = {
    ...{ urls: site.urls, chapters, record, leaving: leaving.signal, pauseMs: settings.pauseMs },
  };
  const lives = learners.map((learner, n) => live(n, learner, town));
  const memory = watchMemory(site.parts);
  try {
    console.error(`— warming up, then ${settings.minutes} min`);
    await sleep(WARM_UP_MS);
    const [from, before] = [performance.now(), processorTime()];
    await sleep(settings.minutes * 60_000);
    const steady = { from, to: performance.now() };
    const between = processorTime();
    const slopes = slopesOf(memory.readings, steady.from, steady.to);
    const faults = settings.faults ? await breakEach(site.parts) : [];
    const processors = [
      processorsBetween(before, between),
      ...(settings.faults ? [processorsBetween(between, processorTime())] : []),
    ];
    leaving.abort();
    await Promise.all(lives);
    const found = await audit(site.databaseUrl, record.accepted);
    return { record, steady, slopes, faults, processors, audit: found };
  } finally {
    leaving.abort();
    memory.stop();
  }
}

async function signUpAll(urls: readonly string[], count: number): Promise<Learner[]> {
  const learners: Learner[] = [];
  const some = async () => {
    while (learners.length < count) {
      const place = learners.push({ email: '', token: '', sessions: [] }) - 1;
      learners[place] = await signUp(urls[place % urls.length] ?? '');
    }
  };
  await Promise.all(Array.from({ length: SIGN_UPS_AT_ONCE }, some));
  return learners;
}

async function someChapters(url: string): Promise<string[]> {
  const get = async (path: string) =>
    JSON.parse((await call({ method: 'GET', url: url + path })).text).data;
  const works: { id: string }[] = (await get('/api/library/works?limit=10')).items;
  const paths: string[] = [];
  for (const { id } of works) {
    const { chapters }: { chapters: { id: string }[] } = await get(`/api/library/works/${id}`);
    paths.push(
      ...chapters.slice(0, 5).map((each) => `/api/library/works/${id}/chapters/${each.id}`),
    );
  }
  return paths;
}

function tablesOf({ record, steady, slopes, faults, audit, processors }: Measured): string[] {
  return [
    processors.join('; while parts are broken: '),
    steadyTable(record.calls, steady),
    memoryTable(slopes),
    ...(faults.length > 0
      ? [faultTable(record.calls, faults), courseTable(record.calls, faults)]
      : []),
    auditTable(audit),
  ];
}

function soundness(found: Audit): boolean {
  const { lost, streaming, held, mischarged, chargedForNothing, ledgerSum, differing } = found;
  const wrong = [lost, streaming, held, mischarged, chargedForNothing, ledgerSum, differing];
  return wrong.every((number) => number === 0);
}
