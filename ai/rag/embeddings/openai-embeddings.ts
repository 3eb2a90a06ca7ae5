import { OpenAIEmbeddings } from '@langchain/openai';
import type { PassageEmbeddings } from './passage-embeddings.ts';

export interface OpenAiEmbeddingsSettings {
  baseUrl: string;
  apiKey: string;
  model: string;
  /** Known beforehand, the endpoint is not asked at the start. */
  dimension?: number | undefined;
  /** What the model wants in front of a question or of a passage, such as `query: `. */
  queryPrefix?: string | undefined;
  passagePrefix?: string | undefined;
  /** Texts a request; several providers take no more than ten. */
  batchSize?: number | undefined;
  queryTimeoutMs?: number | undefined;
  passagesTimeoutMs?: number | undefined;
  retries?: number | undefined;
}

/** The endpoint did not give the vectors that were asked of it. */
export class EmbeddingsUnavailableError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EmbeddingsUnavailableError';
  }
}

/**
 * Embeddings of an OpenAI-compatible endpoint. Somebody waits for a question's vector: it is asked
 * for once and briefly. Passages are ingested in the background and may take their time.
 */
export async function createOpenAiEmbeddings(
  settings: OpenAiEmbeddingsSettings,
): Promise<PassageEmbeddings> {
  const { model, queryPrefix = '', passagePrefix = '', queryTimeoutMs = 5_000 } = settings;
  const forQueries = connect(settings, { timeout: queryTimeoutMs, maxRetries: 0 });
  const forPassages = connect(settings, {
    timeout: settings.passagesTimeoutMs ?? 60_000,
    maxRetries: settings.retries ?? 2,
  });
  const dimension = settings.dimension ?? (await probeDimension(forPassages));

  function checked(vectors: number[][]): number[][] {
    for (const vector of vectors) {
      if (vector.length !== dimension || !vector.every(Number.isFinite)) {
        throw new EmbeddingsUnavailableError(
          `${model} gave a vector of ${vector.length} where ${dimension} numbers were expected`,
        );
      }
    }
    return vectors;
  }

  return {
    model,
    dimension,
    async embedPassages(texts) {
      if (texts.length === 0) return [];
      const prefixed = texts.map((text) => passagePrefix + text);
      return checked(await ask(() => forPassages.embedDocuments(prefixed)));
    },
    async embedQuery(text) {
      const vector = await ask(() => forQueries.embedQuery(queryPrefix + text));
      checked([vector]);
      return vector;
    },
  };
}

function connect(
  { baseUrl, apiKey, model, batchSize = 10 }: OpenAiEmbeddingsSettings,
  limits: { timeout: number; maxRetries: number },
): OpenAIEmbeddings {
  return new OpenAIEmbeddings({
    ...limits,
    model,
    apiKey,
    batchSize,
    maxConcurrency: 4,
    stripNewLines: false,
    // Without it the client asks for base64, which not every endpoint speaks.
    encodingFormat: 'float',
    configuration: { baseURL: baseUrl },
  });
}

async function probeDimension(embeddings: OpenAIEmbeddings): Promise<number> {
  const [vector] = await ask(() => embeddings.embedDocuments(['学而时习之']));
  if (!vector?.length) throw new EmbeddingsUnavailableError('the endpoint gave an empty vector');
  return vector.length;
}

async function ask<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddingsUnavailableError(`the embeddings endpoint failed: ${reason}`, error);
  }
}
