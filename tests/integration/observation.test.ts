import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { eventually } from '../support/eventually.ts';
import { expressions, metricsIn, namesIn, type Series, seriesIn } from '../support/monitoring.ts';
import { type SentryStandIn, startSentryStandIn } from '../support/sentry-stand-in.ts';
import { asGuest, type Learner, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { isOver, openSocketAs } from '../support/socket-client.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const KEY = 'sk-that-only-the-provider-knows';
const QUESTION = '「学而不思则罔」是什么意思？';

describeInOneMode('seen from outside, a process', (mode) => {
  let sentry: SentryStandIn;
  let model: DeepSeekStandIn;
  let space: ServiceSpace;
  let service: RunningService;
  let operations: string;
  let learner: Learner;

  beforeAll(async () => {
    sentry = await startSentryStandIn();
    model = await startDeepSeekStandIn({ apiKey: KEY });
    space = await openSpace(mode);
    const port = await freePort();
    operations = `http://127.0.0.1:${port}`;
    service = await space.start({
      DEEPSEEK_API_KEY: KEY,
      DEEPSEEK_BASE_URL: model.url,
      GUEST_GRANT_TOKENS: '1000000',
      METRICS_PORT: String(port),
      SENTRY_DSN: sentry.dsn,
    });
    learner = await asGuest(service.url);
  });

  afterAll(async () => {
    await space.dispose();
    await model.close();
    await sentry.close();
    // Only where the test that makes the model refuse was run.
    for (const line of errorsIn(service)) expect(line).toMatch(/^answer failed: 402/);
  });

  const scrape = async (): Promise<Series[]> =>
    seriesIn(await (await fetch(`${operations}/metrics`)).text());
  const ask = async () => learner.askWhole((await learner.openSession()).id, QUESTION);

  async function askOverSocket(): Promise<void> {
    const socket = await openSocketAs(service.url, learner.login.accessToken);
    const { id: sessionId } = await learner.openSession();
    socket.say({ type: 'ask', clientId: randomUUID(), sessionId, content: QUESTION });
    socket.say({ type: 'nonsense' });
    await socket.until('an answer has ended', (heard) => heard.some(isOver));
    socket.leave();
    await socket.closed;
  }

  /** What nobody has foreseen: addresses, methods, ids, models and names that a caller makes up. */
  async function callNonsense(): Promise<void> {
    const made = randomUUID();
    const { id } = await learner.openSession();
    for (const path of [`/${made}`, `/api/${made}`, `/api/sessions/${made}`, `/%${made}`]) {
      await visit(service.url).get(path);
    }
    await learner.get(`/api/library/search?q=${made}`, { 'user-agent': made, traceparent: made });
    await learner.post(`/api/sessions/${id}/messages`, { content: '什么？', model: made });
    await fetch(`${service.url}/api/${made}`, { method: 'PROPFIND' });
    model.enqueue({ status: 400, message: `about ${made}` });
    await learner.post(`/api/sessions/${id}/messages`, { content: QUESTION });
  }

  function sum(series: Series[], name: string, labels: Record<string, string> = {}): number {
    const isAsked = (each: Series) =>
      each.name === name &&
      Object.entries(labels).every(([label, value]) => each.labels[label] === value);
    return series.filter(isAsked).reduce((total, { value }) => total + value, 0);
  }

  /** By how much a figure grows while something is done, and everything that goes with it. */
  async function growth(work: () => Promise<void>) {
    const before = await scrape();
    await work();
    const isQuiet = async () => sum(await scrape(), 'answers_under_way') === 0;
    await eventually('no answer is under way', isQuiet);
    const after = await scrape();
    return (name: string, labels?: Record<string, string>) =>
      sum(after, name, labels) - sum(before, name, labels);
  }

  test('counts what learners ask, wait for and pay, and what it asks the model', async () => {
    const costs = async () => sum(await scrape(), 'provider_cost_total', { purpose: 'answer' });
    const spent = await costs();
    const grown = await growth(async () => {
      await ask();
      await askOverSocket();
    });
    expect(grown('answer_duration_seconds_count', { outcome: 'complete' })).toBe(2);
    expect(grown('answer_first_text_seconds_count')).toBe(2);
    expect(grown('answer_charged_tokens_total')).toBeGreaterThan(0);
    const account = { account: 'deepseek', purpose: 'answer' };
    expect(grown('model_call_duration_seconds_count', { ...account, outcome: 'answered' })).toBe(2);
    expect(grown('model_call_first_part_seconds_count', account)).toBe(2);
    expect(grown('model_tokens_total', { ...account, part: 'prompt' })).toBeGreaterThan(0);
    await eventually('the costs are counted', async () => (await costs()) > spent);
    const retrieved = { stage: 'retrieve', outcome: 'done' };
    expect(grown('retrieval_stage_seconds_count', retrieved)).toBe(2);
    const posts = { route: '/api/sessions/:id/messages', method: 'POST', status: '200' };
    expect(grown('http_request_duration_seconds_count', posts)).toBe(1);
    expect(grown('websocket_frame_seconds_count', { type: 'ask', outcome: 'done' })).toBe(1);
    expect(grown('websocket_unsound_frames_total')).toBe(1);
    expect(grown('websocket_connections')).toBe(0);
  });

  test('tells that the ledger is sound, what waits, and what it stands on', async () => {
    // A machine that is very busy may not read all of it in time for each scrape.
    const shows = (name: string, labels: Record<string, string>, value: number) =>
      eventually(`${name} ${JSON.stringify(labels)} is ${value}`, async () => {
        const series = await scrape();
        return (
          series.some(({ name: found }) => found === name) && sum(series, name, labels) === value
        );
      });
    await shows('ledger_difference_tokens', { between: 'entries' }, 0);
    await shows('ledger_difference_tokens', { between: 'held' }, 0);
    await shows('ledger_reservations', { state: 'overdue' }, 0);
    await shows('reconciliation_alarms', {}, 0);
    for (const dependency of ['database', 'cache', 'vectors']) {
      await shows('dependency_up', { dependency }, 1);
    }
    await shows('service_info', { version: '0.1.0' }, 1);
    await shows('database_pool_connections', { pool: 'primary', state: 'waiting' }, 0);
  });

  test('exposes every metric that a dashboard or an alert asks for', async () => {
    const exposed = new Set(namesIn(await (await fetch(`${operations}/metrics`)).text()));
    // Prometheus's own, and those of the exporter beside Redis.
    const others = ['up', 'ALERTS', 'redis_memory_used_bytes', 'redis_memory_max_bytes'];
    for (const name of others) exposed.add(name);
    const missing = expressions.flatMap(({ where, expr }) =>
      metricsIn(expr)
        .filter((name) => !exposed.has(name))
        .map((name) => `${where}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('has as many series as before, whatever callers make up', async () => {
    await callNonsense();
    // Node's own, and those of jobs, come as garbage is collected and jobs fall due.
    const OF_CALLERS = /^(http|websocket|answers?|model|retrieval|provider)_/;
    const keys = async () =>
      (await scrape())
        .filter(({ name }) => OF_CALLERS.test(name))
        .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
        .toSorted();
    const before = await keys();
    const grown = await growth(async () => {
      for (let round = 0; round < 3; round += 1) await callNonsense();
    });
    expect(await keys()).toEqual(before);
    const values = (await scrape()).flatMap(({ labels }) => Object.values(labels)).join('\n');
    expect(values).not.toMatch(/[\da-f]{8}-[\da-f]{4}-/);
    expect(grown('http_request_duration_seconds_count', { method: 'other' })).toBe(3);
    expect(grown('http_request_duration_seconds_count', { route: 'other' })).toBeGreaterThan(9);
    const refused = { outcome: 'request_refused' };
    expect(grown('model_call_duration_seconds_count', refused)).toBe(3);
  });

  test('answers Prometheus at its API as well, and says on both ports how it is', async () => {
    const names = async (url: string) =>
      namesIn(await (await fetch(`${url}/metrics`)).text()).toSorted();
    expect(await names(service.url)).toEqual(await names(operations));
    expect((await fetch(`${operations}/health`)).status).toBe(200);
    expect((await fetch(`${operations}/ready`)).status).toBe(200);
    expect((await fetch(`${operations}/api/library/works`)).status).toBe(404);
  });

  test('tells Sentry of an error, with the ids of what it happened in and without secrets', async () => {
    model.enqueue({ status: 402, message: `the account of ${KEY} is empty` });
    const { id } = await learner.openSession();
    const headers = { 'x-request-id': 'the-failing-one', accept: 'application/json' };
    const path = `/api/sessions/${id}/messages`;
    expect((await learner.post(path, { content: QUESTION }, headers)).status).toBe(502);
    await eventually('Sentry has heard', () => sentry.events.length > 0);
    const [event] = sentry.events;
    expect(event).toMatchObject({
      level: 'error',
      release: '0.1.0',
      user: { id: learner.login.user.id },
      tags: { log: 'answer failed', requestId: 'the-failing-one', messageId: expect.any(String) },
    });
    expect(event?.exception?.values[0]).toMatchObject({
      type: 'ModelError',
      stacktrace: { frames: expect.arrayContaining([expect.anything()]) },
    });
    expect(sentry.received()).not.toContain(KEY);
    expect(sentry.received()).not.toContain(learner.login.accessToken);
    expect(sentry.received()).not.toContain('学而不思');
  });
});
