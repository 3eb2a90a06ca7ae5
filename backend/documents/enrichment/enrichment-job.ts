import type { OnHouseUsage } from '../../../ai/brief-request.ts';
import { type Enrichment, enrichPassages } from '../../../ai/enrichment/enrich-passages.ts';
import type { AnswerModel } from '../../../ai/providers/answer-model.ts';
import { ModelError } from '../../../ai/providers/model-error.ts';
import { HopelessJob, JobCancelled, PostponedJob } from '../../jobs.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { workIdOf } from '../document.ts';
import type { DocumentStore } from '../document-store.ts';
import type { IngestionContext } from '../ingestion-parts.ts';
import type { EnrichmentStore, UnreadPassage } from './enrichment-store.ts';

export interface EnrichmentPayload {
  documentId: string;
  /** Works only in the hours in which the model costs less. */
  offPeak: boolean;
}

export interface EnrichmentJobParts {
  stores: { documents: Pick<DocumentStore, 'byId'>; enrichment: EnrichmentStore };
  transact: Transact<{ library: { touch(workId: string): Promise<void> } }>;
  model: AnswerModel;
  onUsage: OnHouseUsage;
  /** When the model costs less next; now, if it does already. */
  nextOffPeak: (now: Date) => Date;
  libraryChanged: () => Promise<void>;
  now?: () => Date;
}

/** Passages and characters that the model is given at once, and how many times it is asked at a time. */
const BATCH = 8;
const BATCH_CHARACTERS = 1_600;
const AT_A_TIME = 4;

/** What only somebody at the site can put right. */
const HOPELESS: Partial<Record<ModelError['failure'], string>> = {
  key_refused: '模型服务不接受现在的密钥，请检查配置后重试。',
  account_empty: '模型服务的账户余额不足，请充值后重试。',
  request_refused: '模型服务拒绝了请求，请检查模型名称等配置后重试。',
};

interface Outcome {
  enriched: number;
  skipped: number;
  promptTokens: number;
  completionTokens: number;
}

/**
 * Asks the model for what the passages of a document lack. Whatever it has said is stored at once, so
 * a run that is stopped anywhere goes on from there.
 */
export async function enrichDocument(
  parts: EnrichmentJobParts,
  { documentId, offPeak }: EnrichmentPayload,
  context: IngestionContext,
): Promise<void> {
  const { stores, model, nextOffPeak, now = () => new Date() } = parts;
  if (!model.online) throw new HopelessJob('没有配置模型，无法补写译文和问题。');
  const document = await stores.documents.byId(documentId);
  if (!document) throw new JobCancelled('the document was deleted');
  const workId = workIdOf(documentId);
  const { passages, missing } = await stores.enrichment.totals(workId);
  const outcome: Outcome = { enriched: 0, skipped: 0, promptTokens: 0, completionTokens: 0 };
  const run = createBatches(parts, document.title, outcome, context.signal);
  try {
    let place: UnreadPassage['place'] = [0, 0];
    for (;;) {
      context.signal.throwIfAborted();
      const due = nextOffPeak(now());
      if (offPeak && due > now()) throw new PostponedJob(due);
      await context.report('enriched', passages - missing + outcome.enriched, passages);
      const unread = await stores.enrichment.unread(workId, place, BATCH * AT_A_TIME);
      if (unread.length === 0) break;
      await Promise.all(inBatches(unread).map(run));
      context.setResult(outcome);
      place = unread.at(-1)?.place ?? place;
    }
  } catch (error) {
    const sentence = error instanceof ModelError && HOPELESS[error.failure];
    throw sentence ? new HopelessJob(sentence, { cause: error }) : error;
  } finally {
    if (outcome.enriched > 0) await show(parts, workId);
  }
}

async function show({ transact, libraryChanged }: EnrichmentJobParts, workId: string) {
  await transact(({ library }) => library.touch(workId));
  await libraryChanged();
}

/** Long passages go with fewer others. */
export function inBatches(passages: readonly UnreadPassage[]): UnreadPassage[][] {
  const batches: UnreadPassage[][] = [];
  let characters = 0;
  for (const passage of passages) {
    const batch = batches.at(-1);
    characters += passage.text.length;
    if (batch && batch.length < BATCH && characters <= BATCH_CHARACTERS) batch.push(passage);
    else {
      batches.push([passage]);
      characters = passage.text.length;
    }
  }
  return batches;
}

/** Asks for a batch; of what is missing in the reply each half alone; a single passage is left out. */
function createBatches(
  { stores, model, onUsage }: EnrichmentJobParts,
  title: string,
  outcome: Outcome,
  signal: AbortSignal,
) {
  let answeredBy = model.name;
  const house = {
    model,
    onUsage: ((purpose, usage) => {
      answeredBy = usage.model;
      outcome.promptTokens += usage.promptTokens;
      outcome.completionTokens += usage.completionTokens;
      onUsage(purpose, usage);
    }) satisfies OnHouseUsage,
  };

  async function ask(batch: readonly UnreadPassage[]): Promise<Map<string, Enrichment>> {
    const enrichable = batch.map((passage) => ({
      ...passage,
      place: `${title}·${passage.chapter}`,
    }));
    try {
      return await enrichPassages(house, enrichable, signal);
    } catch (error) {
      if (error instanceof ModelError && error.failure === 'content_filtered') return new Map();
      throw error;
    }
  }

  return async function run(batch: readonly UnreadPassage[]): Promise<void> {
    const enriched = await ask(batch);
    const readings = batch.flatMap(({ id, textHash }) => {
      const enrichment = enriched.get(id);
      return enrichment ? [{ passageId: id, textHash, ...enrichment }] : [];
    });
    if (readings.length > 0) {
      outcome.enriched += await stores.enrichment.save(answeredBy, readings);
    }
    const left = batch.filter(({ id }) => !enriched.has(id));
    if (left.length === 0) return;
    if (batch.length === 1) outcome.skipped += 1;
    else {
      const half = Math.ceil(left.length / 2);
      for (const part of [left.slice(0, half), left.slice(half)])
        if (part.length > 0) await run(part);
    }
  };
}
