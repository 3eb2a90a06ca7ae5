import { jest } from '@jest/globals';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { eventually } from '../support/eventually.ts';
import {
  type CollectedSpan,
  type OtlpCollector,
  startOtlpCollector,
} from '../support/otlp-collector.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, libraryComplete, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PROXY = '00f067aa0ba902b7';

describeWithServers('a question that came through a proxy which traces', () => {
  let collector: OtlpCollector;
  let model: DeepSeekStandIn;
  let space: ServiceSpace;
  let api: RunningService;
  let worker: RunningService;
  let learner: Learner;
  let messageId: string;
  let requestId: string;

  beforeAll(async () => {
    collector = await startOtlpCollector();
    model = await startDeepSeekStandIn();
    space = await openSpace('services');
    const environment = {
      DEEPSEEK_API_KEY: 'sk-test',
      DEEPSEEK_BASE_URL: model.url,
      GUEST_GRANT_TOKENS: '1000000',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=guoxue%20tutor',
    };
    const apart = { ...environment, OTEL_SERVICE_NAME: 'guoxue-worker' };
    worker = await space.start(apart, { roles: ['worker', 'scheduler'] });
    api = await space.start(environment, { roles: ['api'], waitForLibrary: false });
    await libraryComplete(api);
    learner = await asGuest(api.url);
    const session = await learner.openSession();
    requestId = 'asked-by-the-proxy';
    const headers = {
      traceparent: `00-${TRACE}-${PROXY}-01`,
      'x-request-id': requestId,
      accept: 'application/json',
    };
    const body = { content: '「学而时习之」是什么意思？' };
    const reply = await learner.post(`/api/sessions/${session.id}/messages`, body, headers);
    expect(reply.status).toBeLessThan(300);
    const { data } = JSON.parse(reply.text);
    messageId = data.message.id;
    await eventually('the conversation is named', async () => {
      const { rows } = await api.platform.database.knex.raw(
        `select from jobs where kind = 'title-session' and status = 'done'`,
      );
      return rows.length > 0;
    });
    await worker.stop();
    await api.stop();
  });

  afterAll(async () => {
    await space.dispose();
    await model.close();
    await collector.close();
    expect([...errorsIn(api), ...errorsIn(worker)]).toEqual([]);
  });

  const ofTrace = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string): CollectedSpan => {
    const span = ofTrace().find((each) => each.name === name);
    if (!span) throw new Error(`no span ${name} among ${ofTrace().map((each) => each.name)}`);
    return span;
  };
  const callFor = (purpose: string): CollectedSpan => {
    const call = ofTrace().find(({ attributes }) => attributes['guoxue.purpose'] === purpose);
    if (!call) throw new Error(`no call of a model for ${purpose}`);
    return call;
  };
  /** Names of those a span belongs to, up to the proxy. */
  const path = (span: CollectedSpan): string[] => {
    const parent = ofTrace().find(({ spanId }) => spanId === span.parentSpanId);
    return parent ? [...path(parent), span.name] : [span.parentSpanId ?? '', span.name];
  };
  const POST = 'POST /api/sessions/:id/messages';

  test('is one trace, from the API through retrieval to the model', () => {
    expect(path(named('nearest'))).toEqual([PROXY, POST, 'answer', 'retrieve', 'nearest']);
    expect(path(named('rerank'))).toEqual([PROXY, POST, 'answer', 'retrieve', 'rerank']);
    const call = callFor('answer');
    expect(path(call)).toEqual([PROXY, POST, 'answer', 'chat deepseek-flash']);
    const [asked] = model.requests;
    expect(asked?.headers.traceparent).toBe(`00-${TRACE}-${call.spanId}-01`);
    expect(named(POST).resource).toMatchObject({ 'service.name': 'guoxue-tutor' });
    expect(named(POST).attributes).toMatchObject({
      'http.response.status_code': expect.anything(),
    });
  });

  test('shows its queries, without a value of them', () => {
    const queries = ofTrace().filter(({ attributes }) => 'db.query.text' in attributes);
    const parents = new Set(queries.map((query) => path(query).at(-2)));
    expect(parents).toContain(POST);
    expect(parents).toContain('answer');
    expect(JSON.stringify(queries)).not.toContain('学而时习');
    expect(JSON.stringify(queries)).not.toContain(learner.login.user.id);
  });

  test('goes on in the worker that does what it has left to do', () => {
    const job = named('job title-session');
    expect(job.resource).toMatchObject({ 'service.name': 'guoxue-worker' });
    expect(path(job).slice(0, 3)).toEqual([PROXY, POST, 'answer']);
    const title = callFor('title');
    expect(title.parentSpanId).toBe(job.spanId);
    expect(model.houseRequests[0]?.headers.traceparent).toContain(`00-${TRACE}-${title.spanId}`);
  });

  test('is found in the log of both processes by its ids', () => {
    const ids = { requestId, userId: learner.login.user.id, trace_id: TRACE };
    const lines = api.log.filter((line) => 'trace_id' in line && line.trace_id === TRACE);
    expect(lines).toContainEqual(expect.objectContaining({ ...ids, msg: 'request' }));
    const house = worker.log.find((line) => line.msg === 'asked the model for the house');
    expect(house).toMatchObject({ ...ids, messageId, jobId: expect.any(String) });
  });

  test('is sent with what the collector wants to know', () => {
    for (const { path, headers } of collector.requests) {
      expect(path).toBe('/v1/traces');
      expect(headers['x-tenant']).toBe('guoxue tutor');
    }
    const untraced = collector.spans.filter(({ name }) => /health|metrics|ready/.test(name));
    expect(untraced).toEqual([]);
  });
});
