import { createPassageEmbeddings } from '../../ai/rag/embeddings/create-passage-embeddings.ts';
import {
  EmbeddingsUnavailableError,
  type OpenAiEmbeddingsSettings,
} from '../../ai/rag/embeddings/openai-embeddings.ts';
import {
  type EmbeddingsStandIn,
  startEmbeddingsStandIn,
  vectorOf,
} from '../support/embeddings-stand-in.ts';

let endpoint: EmbeddingsStandIn;
beforeEach(async () => {
  endpoint = await startEmbeddingsStandIn({ apiKey: 'sk-right', dimension: 8 });
});
afterEach(() => endpoint.close());

function open(settings: Partial<OpenAiEmbeddingsSettings> = {}) {
  return createPassageEmbeddings({
    kind: 'openai',
    baseUrl: endpoint.url,
    apiKey: 'sk-right',
    model: 'bge-m3',
    retries: 0,
    ...settings,
  });
}

test('the dimension is found by asking once', async () => {
  const embeddings = await open();
  expect(embeddings).toMatchObject({ model: 'bge-m3', dimension: 8 });
  expect(endpoint.requests).toHaveLength(1);
  expect(endpoint.requests[0]).toMatchObject({ model: 'bge-m3', encoding_format: 'float' });
});

test('a dimension that is known is not asked for', async () => {
  expect((await open({ dimension: 8 })).dimension).toBe(8);
  expect(endpoint.requests).toEqual([]);
});

test('passages go out in batches and come back in order', async () => {
  const embeddings = await open({ dimension: 8, batchSize: 4 });
  const texts = Array.from({ length: 10 }, (_, index) => '学'.repeat(index + 1));
  expect(await embeddings.embedPassages(texts)).toEqual(texts.map((text) => vectorOf(text, 8)));
  expect(endpoint.requests.map(({ input }) => input.length).sort()).toEqual([2, 4, 4]);
  expect(await embeddings.embedPassages([])).toEqual([]);
});

test('questions and passages carry the prefix of their side, line breaks untouched', async () => {
  const embeddings = await open({ dimension: 8, queryPrefix: '问：', passagePrefix: '文：' });
  await embeddings.embedQuery('何谓仁');
  await embeddings.embedPassages(['关关雎鸠\n在河之洲']);
  expect(endpoint.requests.map(({ input }) => input)).toEqual([
    ['问：何谓仁'],
    ['文：关关雎鸠\n在河之洲'],
  ]);
});

describe('an endpoint that fails', () => {
  test('is asked again for passages', async () => {
    const embeddings = await open({ dimension: 8, retries: 1 });
    endpoint.enqueue({ status: 503 });
    expect(await embeddings.embedPassages(['仁'])).toEqual([vectorOf('仁', 8)]);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('is asked once for a question, whose learner waits', async () => {
    const embeddings = await open({ dimension: 8, retries: 3 });
    endpoint.enqueue({ status: 503 });
    await expect(embeddings.embedQuery('仁')).rejects.toBeInstanceOf(EmbeddingsUnavailableError);
    expect(endpoint.requests).toHaveLength(1);
  });

  test('because it is slow is given up', async () => {
    const embeddings = await open({ dimension: 8, queryTimeoutMs: 100 });
    endpoint.enqueue({ delayMs: 400 });
    const startedAt = Date.now();
    await expect(embeddings.embedQuery('仁')).rejects.toBeInstanceOf(EmbeddingsUnavailableError);
    expect(Date.now() - startedAt).toBeLessThan(390);
  });

  test('because the key is wrong fails at the start, and the key stays out of the message', async () => {
    const failure = await open({ apiKey: 'sk-wrong' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmbeddingsUnavailableError);
    expect(String(failure)).toMatch(/401/);
    expect(String(failure)).not.toMatch(/sk-wrong/);
  });

  test('by giving other vectors than it used to is not believed', async () => {
    const embeddings = await open({ dimension: 8 });
    endpoint.enqueue({ dimension: 5 }, { garbage: true });
    await expect(embeddings.embedPassages(['仁'])).rejects.toThrow(
      'bge-m3 gave a vector of 5 where 8 numbers were expected',
    );
    await expect(embeddings.embedQuery('仁')).rejects.toBeInstanceOf(EmbeddingsUnavailableError);
  });
});
