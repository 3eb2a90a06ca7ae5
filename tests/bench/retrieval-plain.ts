import { randomUUID } from 'node:crypto';
import { Chroma } from '@langchain/community/vectorstores/chroma';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { ChromaClient } from 'chromadb';
import { z } from 'zod';
import type { TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import type { Result } from './retrieval-suite.ts';
import type { Texts } from './retrieval-texts.ts';

/** Chroma takes 5,461 at once. */
const BATCH = 5_000;

const metadata = z.object({ work: z.string() });

/**
 * What a LangChain user would build: pieces of 500 characters with 50 in common, the same embeddings,
 * Chroma, its order. A piece is four times as long as our passages, which makes it easier to hold the
 * right words.
 */
export async function openPlain(
  texts: Texts,
  embeddings: TrainedEmbeddings,
  { host, port }: { host: string; port: number },
): Promise<{ pieces: number; search(query: string, limit: number): Promise<Result[]> }> {
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 500, chunkOverlap: 50 });
  const store = new Chroma(embeddings, {
    index: new ChromaClient({ host, port, ssl: false }),
    collectionName: `plain-${randomUUID()}`,
    collectionMetadata: { 'hnsw:space': 'cosine' },
  });
  const pieces = await splitter.createDocuments(
    texts.works.map(({ text }) => text),
    texts.works.map(({ title }) => ({ work: title })),
  );
  for (let start = 0; start < pieces.length; start += BATCH) {
    await store.addDocuments(pieces.slice(start, start + BATCH));
  }
  return {
    pieces: pieces.length,
    async search(query, limit) {
      const found = await store.similaritySearch(query, limit);
      return found.map(({ pageContent, metadata: kept }) => ({
        work: metadata.parse(kept).work,
        text: pageContent,
      }));
    },
  };
}
