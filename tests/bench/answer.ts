import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as contract from '../support/contract-schemas.ts';
import { startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { openFreshSpace, type ProgramSpace } from '../support/program.ts';
import { firstContentMs, get, hear, prepareQuestion } from './service-calls.ts';
import { median, milliseconds, quantile, seconds } from './statistics.ts';

const QUESTIONS = [
  '孔子怎么看学习和思考的关系？',
  '「学而不思则罔」是什么意思？',
  '李白写月亮的诗有哪些？',
  '孟子说的「揠苗助长」原文是什么？',
  '「先天下之忧而忧」出自哪里？',
  '《大学》的三纲领是什么？',
];
const ASKED = 30;
const WARMING_UP = 5;
const SEARCHED = 200;
const REST_MS = 10_000;

type Row = [what: string, measured: string];

async function firstStart(space: ProgramSpace): Promise<Row[]> {
  const started = performance.now();
  const program = space.start();
  const url = await program.url();
  for (;;) {
    if ((await fetch(`${url}/ready`)).ok) {
      const ask = await prepareQuestion(url);
      if ((await hear(ask(QUESTIONS[0] ?? ''))).citations > 0) break;
    }
    await sleep(100);
  }
  const cited = performance.now() - started;
  await program.ready();
  const complete = performance.now() - started;
  program.interrupt();
  await space.nothingLeft();
  return [
    ['first start → first cited answer (offline tutor)', seconds(cited)],
    ['first start → whole library read in', seconds(complete)],
  ];
}

async function laterStart(space: ProgramSpace): Promise<Row[]> {
  const started = performance.now();
  const program = space.start({ RATE_LIMIT_DISABLED: '1' });
  await program.ready();
  const ready = performance.now() - started;
  await sleep(REST_MS);
  const { server, chroma } = space.pids();
  const [own, child] = [residentMegabytes(server), residentMegabytes(chroma)];
  const rows: Row[] = [
    ['second start → ready', seconds(ready)],
    ['memory at rest: server + Chroma', `${own} + ${child} = ${own + child} MB`],
    ...(await librarySearch(await program.url())),
  ];
  program.interrupt();
  await space.nothingLeft();
  return rows;
}

function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
}

/** Lines from all over the library, each asked for once, so that no cache answers. */
async function librarySearch(url: string): Promise<Row[]> {
  const { items: works } = await get(
    url,
    '/api/library/works?limit=100',
    contract.pageOf(contract.work),
  );
  const lines: string[] = [];
  let characters = 0;
  let passages = 0;
  for (const work of works) {
    characters += work.characterCount;
    passages += work.passageCount;
    const { chapters } = await get(url, `/api/library/works/${work.id}`, contract.workReading);
    for (const chapter of chapters.slice(0, 12)) {
      const path = `/api/library/works/${work.id}/chapters/${chapter.id}`;
      const reading = await get(url, path, contract.chapterReading);
      lines.push(`${reading.passages[0]?.text.slice(0, 12)}是什么意思？`);
    }
  }
  const step = Math.max(1, Math.floor(lines.length / SEARCHED));
  const queries = lines.filter((_line, index) => index % step === 0).slice(0, SEARCHED);
  const taken: number[] = [];
  for (const query of queries) {
    const asked = performance.now();
    await get(url, `/api/library/search?q=${encodeURIComponent(query)}&limit=10`, contract.found);
    taken.push(performance.now() - asked);
  }
  const [p50, p95] = [quantile(taken, 0.5), quantile(taken, 0.95)].map(milliseconds);
  return [
    ['library', `${works.length} works, ${passages} passages, ${characters} characters`],
    [`search over HTTP, p50 / p95 of ${queries.length}`, `${p50} / ${p95}`],
  ];
}

/** Through the service and straight to the stand-in in turn, with the very prompt the service sent. */
async function firstByte(space: ProgramSpace): Promise<Row[]> {
  const deepSeek = await startDeepSeekStandIn();
  const settings = { DEEPSEEK_API_KEY: 'sk-test', DEEPSEEK_BASE_URL: deepSeek.url };
  const program = space.start({ ...settings, RATE_LIMIT_DISABLED: '1' });
  await program.ready();
  const url = await program.url();
  const through: number[] = [];
  const direct: number[] = [];
  for (let round = 0; round < WARMING_UP + ASKED; round += 1) {
    const ask = await prepareQuestion(url);
    const { firstDeltaMs } = await hear(ask(QUESTIONS[round % QUESTIONS.length] ?? ''));
    const body = deepSeek.requests.at(-1)?.body;
    if (!body) throw new Error('the service did not ask the model');
    const alone = await firstContentMs(deepSeek.url, body);
    if (round < WARMING_UP) continue;
    through.push(firstDeltaMs);
    direct.push(alone);
  }
  program.interrupt();
  await space.nothingLeft();
  await deepSeek.close();
  const [service, model] = [median(through), median(direct)];
  const overhead = `${milliseconds(service - model)} more (p95 ${milliseconds(quantile(through, 0.95))})`;
  return [
    [
      `first \`delta\`: service / stand-in model alone, medians of ${ASKED}`,
      `${milliseconds(service)} / ${milliseconds(model)}: ${overhead}`,
    ],
  ];
}

const space = await openFreshSpace();
try {
  const rows = [
    ...(await firstStart(space)),
    ...(await laterStart(space)),
    ...(await firstByte(space)),
  ];
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim()}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n| measured ${date} on ${machine} | |\n|---|---|`);
  for (const [what, measured] of rows) console.log(`| ${what} | ${measured} |`);
} finally {
  await space.dispose();
}
