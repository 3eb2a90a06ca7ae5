import { jest } from '@jest/globals';
import { z } from 'zod';
import { HopelessJob, JobCancelled, PostponedJob } from '../../backend/jobs.ts';
import { watchSharedFigures } from '../../backend/roles/shared-figures.ts';
import { asAdmin, auditOf, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { aWhile, eventually, gate } from '../support/eventually.ts';
import {
  type Deed,
  hearJob,
  job,
  jobOf,
  playJobs,
  type Stage,
  untilJob,
} from '../support/job-stage.ts';
import { type Learner, register, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;
const STAGES = ['received', 'parsed', 'segmented', 'embedded', 'indexed', 'published'];

describeInBothModes('jobs in the hands of administrators', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  /** Another process where the mode knows any: what is asked of one happens in the other. */
  let worker: RunningService;
  let admin: Learner;
  let stage: Stage;
  let second: Stage;

  beforeAll(async () => {
    space = await openSpace(mode);
    const withoutWorker = { waitForLibrary: false, roles: ['api' as const] };
    service = await space.start(WITH_ADMIN, withoutWorker);
    worker = mode === 'services' ? await space.start(WITH_ADMIN, withoutWorker) : service;
    // As a scheduler does; one that runs would make jobs of its own.
    watchSharedFigures(service);
    admin = await asAdmin(service.url);
    stage = await playJobs(worker);
  });
  afterAll(async () => {
    await Promise.all([stage.leave(), second.leave()]);
    await space.dispose();
    for (const each of [service, worker]) expect(errorsIn(each)).toEqual([]);
  });

  let played = 0;
  /** Asks for a job that does this. */
  async function play(deed: Deed, options = {}): Promise<string> {
    played += 1;
    const slug = `deed-${played}`;
    stage.deeds.set(slug, deed);
    return service.services.jobs.enqueue('ingest-work', { slug }, options);
  }
  const call = (id: string, what: string) => admin.post(`/api/admin/jobs/${id}/${what}`);
  const waiting = { runAfter: new Date(Date.now() + HOUR_MS) };

  test('are for nobody else', async () => {
    const learner = await register(service.url);
    const id = await play(async () => undefined);
    for (const path of ['jobs', 'job-counts', `jobs/${id}`, `jobs/${id}/events`]) {
      expect((await learner.get(`/api/admin/${path}`)).failure().error).toBe('forbidden');
    }
    for (const what of ['cancel', 'retry']) {
      const refused = await learner.post(`/api/admin/jobs/${id}/${what}`);
      expect(refused.failure().error).toBe('forbidden');
      const nobody = await call('6b1cbf0e-62b5-4b0a-8c6c-5ac1d4a8f2a1', what);
      expect(nobody.failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    await untilJob(admin, id, 'done');
  });

  test('are listed newest first, by kind, state and document, a page at a time', async () => {
    const documentId = '0d9f1c1e-7a2b-4d7e-9f53-1b2c3d4e5f60';
    const ids: string[] = [];
    for (const _ of 'abc') {
      ids.unshift(await play(async () => undefined, { subjectId: documentId }));
      await untilJob(admin, ids[0] ?? '', 'done');
      await aWhile(2);
    }
    const list = async (query: string) =>
      (await admin.get(`/api/admin/jobs?${query}`)).data(contract.pageOf(job));
    const first = await list(`documentId=${documentId}&kind=ingest-work&status=done&limit=2`);
    const rest = await list(`documentId=${documentId}&limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({ documentId, attempts: 1, maxAttempts: 5 });

    await service.services.jobs.enqueue('clean-up', {}, { dedupeKey: 'recurring', ...waiting });
    expect((await list('recurring=true')).items).toMatchObject([{ kind: 'clean-up' }]);
    const others = (await list('recurring=false&limit=100')).items;
    expect(others.every(({ kind }) => kind !== 'clean-up')).toBe(true);
    const wrong = await admin.get('/api/admin/jobs?status=lost&kind=');
    expect(wrong.failure().details?.map(({ path }) => path)).toEqual(['kind', 'status']);
  });

  test('are heard stage by stage to the end, however fast they are', async () => {
    const { opened: mayBegin, open: begin } = gate();
    let written = 0;
    const id = await play(async ({ jobId, report, setResult }) => {
      await mayBegin;
      for (const stage of STAGES) {
        for (let done = 0; done <= 1_000; done += 1) await report(stage, done, 1_000);
      }
      written = (await jobOf(admin, jobId)).revision;
      setResult({ passages: 1_000 });
    });
    const stream = await hearJob(service.url, admin, id);
    expect(stream.headers.get('content-type')).toMatch('text/event-stream');
    await stream.begun();
    begin();
    const heard = await stream.ended;
    const stages = heard.map((each) => each.job.stage).filter((stage) => stage !== null);
    expect(stages.filter((stage, index) => stage !== stages[index - 1])).toEqual(STAGES);
    const last = { status: 'done', stage: 'published', done: 1_000, result: { passages: 1_000 } };
    expect(heard.slice(-2)).toMatchObject([
      { name: 'job', job: last },
      { name: 'end', job: last },
    ]);
    expect(written).toBeLessThan(60);
    const late = await (await hearJob(service.url, admin, id)).ended;
    expect(late.map(({ name }) => name)).toEqual(['job', 'end']);
  });

  test('that wait are cancelled at once, and begun anew when somebody says so', async () => {
    let runs = 0;
    const id = await play(async () => {
      runs += 1;
    }, waiting);
    const stream = await hearJob(service.url, admin, id);
    await stream.begun();
    expect((await call(id, 'cancel')).data(job)).toMatchObject({ status: 'cancelled' });
    expect((await stream.ended).at(-1)).toMatchObject({ name: 'end' });
    expect((await call(id, 'cancel')).failure()).toMatchObject({ status: 409, error: 'conflict' });
    expect((await call(id, 'retry')).data(job)).toMatchObject({ status: 'queued', attempts: 0 });
    expect((await untilJob(admin, id, 'done')).attempts).toBe(1);
    expect(runs).toBe(1);
    expect((await call(id, 'retry')).failure()).toMatchObject({ status: 409, error: 'conflict' });
    const deeds_ = (await auditOf(admin, `targetId=${id}`)).map(({ action }) => action);
    expect(deeds_).toEqual(['job.retry', 'job.cancel']);
  });

  test('that run are told to stop, clean up, and are cancelled', async () => {
    const events: string[] = [];
    const { opened, open } = gate();
    const id = await play(async ({ signal, report }) => {
      await report('embedded', 3, 10);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      events.push((signal.reason as Error).name);
      await opened;
      events.push('cleaned up');
      signal.throwIfAborted();
    });
    await eventually('it runs', async () => (await jobOf(admin, id)).stage === 'embedded');
    const asked = (await call(id, 'cancel')).data(job);
    expect(asked).toMatchObject({ status: 'running', cancelling: true });
    await eventually('it heard of it', () => events.length === 1);
    open();
    expect(await untilJob(admin, id, 'cancelled')).toMatchObject({
      ...{ stage: 'embedded', done: 3, error: null, cancelling: false },
      finishedAt: expect.any(String),
    });
    expect(events).toEqual(['JobCancelled', 'cleaned up']);
  });

  test('whose subject is gone are cancelled by their worker', async () => {
    const id = await play(async () => {
      throw new JobCancelled('there is nothing left to be done');
    });
    expect(await untilJob(admin, id, 'cancelled')).toMatchObject({ attempts: 1, error: null });
  });

  test('that run see at their next report what they were not told', async () => {
    let reports = 0;
    const id = await play(async ({ report }) => {
      for (;;) {
        await report('embedded', reports, 1_000);
        reports += 1;
        await aWhile(20);
      }
    });
    await eventually('it runs', () => reports > 0);
    await service.services.stores.jobs.requestCancel(id);
    await untilJob(admin, id, 'cancelled');
    expect(reports).toBeLessThan(60);
  });

  test('that failed for good lie ready with their reason, and can be begun anew', async () => {
    let reason: string | undefined = '第三章读不出来。';
    const id = await play(async ({ report }) => {
      await report('parsed', 5, 9);
      if (reason) throw new HopelessJob(reason);
    });
    const failed = await untilJob(admin, id, 'failed');
    expect(failed).toMatchObject({ error: reason, stage: 'parsed', attempts: 1 });
    const dead = (await admin.get('/api/admin/jobs?status=failed')).data(contract.pageOf(job));
    expect(dead.items.map((each) => each.id)).toEqual([id]);
    const counts = (await admin.get('/api/admin/job-counts')).data(job.pick({}).loose());
    expect(counts).toMatchObject({ failed: 1 });
    reason = undefined;
    const again = await call(id, 'retry');
    expect(again.data(job)).toMatchObject({ status: 'queued', error: null, finishedAt: null });
    expect(await untilJob(admin, id, 'done')).toMatchObject({ attempts: 1 });
  });

  test('are not begun anew while their like is under way', async () => {
    const key = { dedupeKey: 'the only one' };
    const id = await play(async () => undefined, { ...key, ...waiting });
    expect(await play(async () => undefined, key)).toBe(id);
    await call(id, 'cancel');
    const twin = await play(async () => undefined, { ...key, ...waiting });
    expect((await call(id, 'retry')).failure()).toMatchObject({ status: 409, error: 'conflict' });
    await call(twin, 'cancel');
    expect((await call(id, 'retry')).status).toBe(200);
  });

  test('whose hour has not come wait without losing an attempt', async () => {
    let runs = 0;
    const id = await play(async () => {
      runs += 1;
      if (runs === 1) throw new PostponedJob(new Date(Date.now() + 300));
    });
    expect(await untilJob(admin, id, 'done')).toMatchObject({ attempts: 1 });
    expect(runs).toBe(2);
  });

  test('are counted for Prometheus, also those that are forgotten', async () => {
    const metrics = async () => (await admin.get('/metrics')).text;
    const ended = /^jobs_ended_total\{kind="ingest-work",outcome="done"\} (\d+)$/m;
    const before = Number(ended.exec(await metrics())?.[1]);
    expect(before).toBeGreaterThan(0);
    const now = new Date(Date.now() + 60_000);
    await service.services.stores.jobArchive.forget({ done: now, failed: now, recurring: now });
    await untilJob(admin, await play(async () => aWhile(20)), 'done');
    const text = await metrics();
    expect(Number(ended.exec(text)?.[1])).toBe(before + 1);
    expect(text).toMatch(/^jobs_ended_total\{kind="ingest-work",outcome="cancelled"\} \d+$/m);
    expect(text).toMatch(/^job_seconds_total\{kind="ingest-work",outcome="done"\} [\d.]+$/m);
    expect(text).toMatch(/^jobs\{kind="ingest-work",status="done"\} 1$/m);
    expect(text).toMatch(/^job_queue_deliveries\{queue="long",state="waiting"\} \d+$/m);
  });

  test('have a dashboard for administrators where the queues are Bull’s', async () => {
    const learner = await register(service.url);
    expect((await learner.post('/api/admin/queues/pass')).failure().status).toBe(403);
    const reply = await admin.post('/api/admin/queues/pass');
    const { url } = reply.data(z.object({ url: z.string().nullable() }));
    const look = (path = '', cookie = '', method = 'GET') =>
      visit(service.url).call(method, `/admin/queues/${path}`, undefined, { cookie });
    if (mode === 'embedded') {
      expect(url).toBeNull();
      expect((await look()).text).toContain('没有队列面板');
      return;
    }
    expect(url).toBe('/admin/queues/');
    const [set = ''] = reply.headers.getSetCookie();
    expect(set).toMatch(/Path=\/admin\/queues;.*HttpOnly; SameSite=Strict/);
    const pass = set.split(';')[0] ?? '';
    const board = await look('', pass);
    expect(board).toMatchObject({ status: 200, text: expect.stringContaining('国学导师 · 队列') });
    expect(board.text).not.toContain('googleapis');
    expect(board.headers.get('content-security-policy')).toContain("default-src 'self'");
    const { queues } = JSON.parse((await look('api/queues', pass)).text);
    expect(queues).toMatchObject([{ name: 'jobs' }, { name: 'long-jobs', readOnlyMode: true }]);

    expect(await look()).toMatchObject({
      status: 401,
      text: expect.stringContaining('请从后台进入'),
    });
    expect((await look('api/queues', `${pass}x`)).status).toBe(401);
    expect((await look('api/queues/long-jobs/pause', pass, 'PUT')).status).toBe(405);
    await admin.call('POST', '/api/auth/logout', { refreshToken: admin.login.refreshToken });
    expect((await look('api/queues', pass)).status).toBe(401);
    admin = await asAdmin(service.url);
  });

  test('are never in two hands, whatever is delivered to whom', async () => {
    second = await playJobs(service, stage.deeds);
    const running = new Map<string, number>();
    const runs = new Map<string, number>();
    let most = 0;
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const deed: Deed = async ({ jobId }) => {
        running.set(jobId, (running.get(jobId) ?? 0) + 1);
        runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
        most = Math.max(most, running.get(jobId) ?? 0);
        await aWhile(15);
        running.set(jobId, 0);
      };
      ids.push(await play(deed));
      for (const each of ids) void worker.services.jobs.wake({ id: each, kind: 'ingest-work' });
    }
    for (const id of ids) await untilJob(admin, id, 'done');
    expect(most).toBe(1);
    expect([...runs.values()]).toEqual(ids.map(() => 1));
  });

  test('slip from a worker that cannot keep them before another takes them up', async () => {
    const events: string[] = [];
    const reachDatabase = (reaches: boolean) => {
      for (const each of [stage, second]) each.reachesDatabase = reaches;
    };
    const id = await play(async ({ signal, report }) => {
      if (events.length > 0) return void events.push('second does it');
      events.push('first begins');
      reachDatabase(false);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      events.push('first is stopped');
      reachDatabase(true);
      await report('embedded', 9, 9).catch(() => events.push('and says nothing more'));
      throw new Error('not this worker’s to fail');
    });
    await eventually('it is done by another', async () => {
      await service.services.jobs.wakeDue();
      return (await jobOf(admin, id)).status === 'done';
    });
    expect(events).toEqual([
      'first begins',
      'first is stopped',
      'and says nothing more',
      'second does it',
    ]);
    expect(await jobOf(admin, id)).toMatchObject({ attempts: 1, error: null });
  });
});
