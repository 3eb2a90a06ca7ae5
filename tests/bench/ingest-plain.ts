import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { TextLoader } from '@langchain/classic/document_loaders/fs/text';
import { Chroma } from '@langchain/community/vectorstores/chroma';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { ChromaClient } from 'chromadb';
import { loadShippedModel, TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';

/**
 * What a LangChain user would build, in a process of its own: each file is loaded, cut into pieces of
 * 500 characters with 50 in common, embedded as the service embeds, and put into Chroma with its text.
 * Arguments: the folder of texts, host and port of Chroma. Prints what it took as one line of JSON.
 */
const [folder = '', host = '', port = ''] = process.argv.slice(2);

/** Chroma takes 5,461 at once. */
const BATCH = 5_000;

const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 500, chunkOverlap: 50 });
const embeddings = new TrainedEmbeddings({ model: await loadShippedModel(), fold: foldText });
const store = new Chroma(embeddings, {
  index: new ChromaClient({ host, port: Number(port), ssl: false }),
  collectionName: 'plain',
  collectionMetadata: { 'hnsw:space': 'cosine' },
});

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
let characters = 0;
let pieces = 0;
for (const file of (await readdir(folder)).sort()) {
  const documents = await new TextLoader(path.join(folder, file)).load();
  characters += documents.reduce((sum, { pageContent }) => sum + pageContent.length, 0);
  const chunks = await splitter.splitDocuments(documents);
  for (let start = 0; start < chunks.length; start += BATCH) {
    await store.addDocuments(chunks.slice(start, start + BATCH));
  }
  pieces += chunks.length;
}
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuSeconds = (user + system) / 1e6;
const peakBytes = process.resourceUsage().maxRSS * 1_024;
process.stdout.write(`${JSON.stringify({ characters, pieces, seconds, cpuSeconds, peakBytes })}\n`);
