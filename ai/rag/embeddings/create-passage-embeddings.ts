import type { OpenAiEmbeddingsSettings } from './openai-embeddings.ts';
import type { PassageEmbeddings } from './passage-embeddings.ts';
import { loadShippedModel, TrainedEmbeddings } from './trained-embeddings.ts';

export type PassageEmbeddingsSettings =
  | { kind: 'local'; fold: (text: string) => string }
  | ({ kind: 'openai' } & OpenAiEmbeddingsSettings);

/** Rejects when an endpoint has to be asked for its dimension and does not answer. */
export async function createPassageEmbeddings(
  settings: PassageEmbeddingsSettings,
): Promise<PassageEmbeddings> {
  if (settings.kind === 'openai') {
    const { createOpenAiEmbeddings } = await import('./openai-embeddings.ts');
    return createOpenAiEmbeddings(settings);
  }
  const { fold } = settings;
  const embeddings = new TrainedEmbeddings({ model: await loadShippedModel(), fold });
  return {
    model: embeddings.modelName,
    dimension: embeddings.dimension,
    embedPassages: (texts) => embeddings.embedDocuments(texts),
    embedQuery: (text) => embeddings.embedQuery(text),
  };
}
