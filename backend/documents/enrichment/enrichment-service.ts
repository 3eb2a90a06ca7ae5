import { materialOf, outputTokensOf } from '../../../ai/enrichment/enrich-passages.ts';
import { ENRICHMENT_RULES } from '../../../ai/prompts/enrichment-rules.ts';
import type { CountTokens } from '../../../ai/tokens/count-tokens.ts';
import type { Administrator } from '../../audit-trail.ts';
import { deedOf } from '../audit-trail.ts';
import { type Document, workIdOf } from '../document.ts';
import { conflict, notThere } from '../document-rules.ts';
import type { AdministeredStores } from '../document-service-parts.ts';
import type { IngestionContext } from '../ingestion-parts.ts';
import {
  type EnrichmentJobParts,
  type EnrichmentPayload,
  enrichDocument,
} from './enrichment-job.ts';
import type { EnrichmentStore } from './enrichment-store.ts';

export interface EnrichmentEstimate {
  passages: number;
  missing: number;
  promptTokens: number;
  completionTokens: number;
  /** Null where the provider's price is not known in yuan. */
  costFen: { peak: number; offPeak: number } | null;
  /** Whether there is a model to be asked. */
  available: boolean;
}

export interface EnrichmentService {
  /** What a model could add to a document, and what that would cost. */
  estimate(documentId: string): Promise<EnrichmentEstimate>;
  /** The id of the job that does it. */
  begin(by: Administrator, documentId: string, offPeak: boolean): Promise<string>;
  enrich(payload: EnrichmentPayload, context: IngestionContext): Promise<void>;
}

type Stores = AdministeredStores & {
  enrichment: EnrichmentStore;
  library: { touch(workId: string): Promise<void> };
};

export interface EnrichmentParts extends Omit<EnrichmentJobParts, 'stores' | 'transact'> {
  stores: Stores;
  transact: <Result>(work: (stores: Stores) => Promise<Result>) => Promise<Result>;
  countTokens: CountTokens;
  /** In fen, of what the provider asks for; null where that is unknown. */
  costFen(counts: TokenCounts): Promise<EnrichmentEstimate['costFen']>;
  maxAttempts: number;
  wake: () => void;
}

export interface TokenCounts {
  promptTokens: number;
  completionTokens: number;
}

/** Passages that a batch is reckoned to have. */
const BATCH = 8;

export function createEnrichmentService(parts: EnrichmentParts): EnrichmentService {
  const { stores, transact, model, countTokens, costFen, maxAttempts, wake } = parts;

  async function find(id: string): Promise<Document> {
    const twinId = await stores.documents.aliasOf(id);
    return (await stores.documents.byId(twinId ?? id)) ?? notThere();
  }

  return {
    async estimate(documentId) {
      const { id } = await find(documentId);
      const totals = await stores.enrichment.totals(workIdOf(id));
      const counts = countOf(totals, countTokens);
      const { passages, missing } = totals;
      const available = model.online;
      return { passages, missing, ...counts, costFen: await costFen(counts), available };
    },

    async begin(by, documentId, offPeak) {
      if (!model.online) throw conflict('没有配置模型，无法补写译文和问题。');
      const document = await find(documentId);
      if (document.publishedVersion === null) throw conflict('这份文献还没有发布。');
      const { id } = document;
      const { missing } = await stores.enrichment.totals(workIdOf(id));
      if (missing === 0) throw conflict('这份文献的每一段都已经补过了。');
      const payload: EnrichmentPayload = { documentId: id, offPeak };
      const jobId = await transact(async ({ jobs, audit }) => {
        const made = await jobs.insert({
          ...{ kind: 'enrich-document', payload, maxAttempts },
          ...{ dedupeKey: id, subjectId: id },
        });
        if (made === undefined) throw conflict('这份文献正在补写，请等它结束。');
        await audit.record(deedOf(by, 'document.enrich', document, { offPeak, missing }));
        return made;
      });
      wake();
      return jobId;
    },

    enrich: (payload, context) => enrichDocument(parts, payload, context),
  };
}

/** By a passage of mean length; prefix caching would only make it cheaper. */
function countOf(
  { missing, characters, toTranslate }: Awaited<ReturnType<EnrichmentStore['totals']>>,
  countTokens: CountTokens,
): TokenCounts {
  if (missing === 0) return { promptTokens: 0, completionTokens: 0 };
  const passage = { id: '', place: '论语·学而篇', text: '', translated: false };
  const heads = countTokens(materialOf(Array.from({ length: BATCH }, () => passage))) / BATCH;
  const rules = countTokens(ENRICHMENT_RULES) / BATCH;
  const ofText = countTokens('學而時習之，不亦說乎？'.repeat(10)) / 110;
  return {
    promptTokens: Math.ceil(missing * (heads + rules) + characters * ofText),
    completionTokens: Math.ceil(
      outputTokensOf([{ text: '', translated: true }]) * missing + toTranslate * 1.2,
    ),
  };
}
